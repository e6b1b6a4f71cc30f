"""Log in by e-mail: what a letter brings opens a session in the browser that asked for it, once."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.one_time.proof import BINDING, InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.vocabulary import Client, Email, Secret
from tests.flows.mailed import ADA, browser, by_code, letter, log_in
from tests.flows.parts import between, change, goes_on, listed
from tests.flows.proofs import minted


@pytest.fixture
def ada(world):
    """Return a registered user who has verified the address."""
    user = world.register()
    world.stores.verified.keep(user.user_id, Email(ADA))
    return user


def test_a_link_opens_a_session(world, ada):
    """Its tokens say how, the audit that it was so, and the link is spent."""
    # RST-1
    binding = browser()
    made = letter(world, ada, binding)
    grant = log_in(world, made, binding)
    assert goes_on(world.auth, grant)
    claims = world.auth.claims_of(grant.access_token)
    assert (claims.subject, claims.amr, claims.acr) == (ada.user_id, {"email"}, "aal1")
    assert [one.reason for one in world.events if one.name == "login_succeeded"] == ["email"]
    with pytest.raises(InvalidCodeError):
        log_in(world, made, binding)


def test_a_code_opens_one(world, ada):
    """With the address that it was sent to, however it is typed."""
    binding = browser()
    code = letter(world, ada, binding).code.text.reveal().lower().replace("-", " ")
    assert isinstance(by_code(world, code, binding), Grant)
    with pytest.raises(InvalidCodeError):
        by_code(world, code, binding)


@pytest.mark.parametrize("other", [None, BINDING.new(), Secret("binding.short"), Secret("x")])
def test_elsewhere_it_is_good_for_nothing(world, ada, other):
    """Whoever phishes the code has another browser; what the owner has stays good."""
    binding = browser()
    made = letter(world, ada, binding)
    for _ in range(4):
        with pytest.raises(InvalidCodeError):
            by_code(world, made.code.text, other)
        with pytest.raises(InvalidCodeError):
            log_in(world, made, other)
    assert listed(world, ada.user_id) == []
    assert isinstance(by_code(world, made.code.text, binding), Grant)


def test_three_wrong_codes_void_it(world, ada):
    """The right one is none any more; each is a login that failed."""
    binding = browser()
    made = letter(world, ada, binding)
    for _ in range(3):
        with pytest.raises(InvalidCodeError):
            by_code(world, "BBBB-BBBB", binding)
    with pytest.raises(InvalidCodeError):
        by_code(world, made.code.text, binding)
    failed = [(one.user_id, one.reason) for one in world.events if one.name == "login_failed"]
    assert failed == [(ada.user_id, "invalid_code")] * 4


@pytest.mark.limited
@pytest.mark.parametrize("email", [ADA, "nobody@example.com"])
def test_codes_are_counted_alike_for_everybody(world, ada, email):
    """By browser and address, whether anybody has that: nobody elsewhere uses up what the owner has."""
    # RL-2, RL-5
    binding, other = browser(), browser()
    for _ in range(5):
        with pytest.raises(InvalidCodeError):
            by_code(world, "BBBB-BBBB", binding, email=email)
    with pytest.raises(RateLimitedError):
        by_code(world, "BBBB-BBBB", binding, email=email)
    assert isinstance(by_code(world, letter(world, ada, other).code.text, other), Grant)


@pytest.mark.limited
def test_wrong_ones_count_for_the_address_that_they_come_from(world):
    """As wrong passwords do, links too; right ones are given back."""
    # RL-1
    client = Client("192.0.2.1", "a browser", limit_key="192.0.2.1")
    for _ in range(10):
        with pytest.raises(InvalidCodeError):
            by_code(world, "BBBB-BBBB", browser(), client=client)
    with pytest.raises(RateLimitedError):
        by_code(world, "BBBB-BBBB", browser(), client=client)


def test_the_work_is_the_same_for_everybody(world, ada, monkeypatch):
    """The same statements, whether there is a user, with a code or without."""
    # ENUM-2
    binding, texts, database = browser(), [], type(world.stores.database)
    letter(world, ada, binding)
    world.register("grace@example.com")
    query = database.query

    def noting(db, sql, *values, **how):
        texts.append(sql)
        return query(db, sql, *values, **how)

    monkeypatch.setattr(database, "query", noting)
    ran = {}
    for email in (ADA, "grace@example.com", "nobody@example.com"):
        with pytest.raises(InvalidCodeError):
            by_code(world, "BBBB-BBBB", binding, email=email)
        ran[email] = tuple(texts)
        texts.clear()
    assert len(set(ran.values())) == 1


def test_of_many_at_once_one_gets_in(world, ada):
    """The others open no session: more than a user may have would push out the one that is good."""
    # RST-1
    binding, answers, begin = browser(), [], threading.Barrier(50)
    made = letter(world, ada, binding)

    def run():
        begin.wait(60)
        try:
            answers.append(log_in(world, made, binding))
        except AuthError as error:
            answers.append(error)

    threads = [threading.Thread(target=run) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    (grant,) = [one for one in answers if isinstance(one, Grant)]
    assert len(answers) == 50
    assert listed(world, ada.user_id) == [grant.session_id]


def test_a_later_letter_to_the_same_browser_voids_it(world, ada):
    """One to another browser does not: a stranger who knows the address cannot void it."""
    # RST-2
    binding, other = browser(), browser()
    first = letter(world, ada, binding)
    letter(world, ada, other)
    later = letter(world, ada, binding)
    with pytest.raises(InvalidCodeError):
        log_in(world, first, binding)
    assert isinstance(log_in(world, later, binding), Grant)


def test_a_changed_password_voids_it(world, ada):
    """And so does whatever else ends all sessions."""
    # RST-2
    binding = browser()
    made = letter(world, ada, binding)
    change(world, ada.user_id)
    with pytest.raises(InvalidCodeError):
        log_in(world, made, binding)


@pytest.mark.parametrize(
    "change_it",
    ["UPDATE auth_accounts SET session_version = 7", "UPDATE auth_accounts SET disabled_at = 1"],
)
def test_what_ends_all_sessions_at_this_moment_voids_it(world, ada, monkeypatch, change_it):
    """The session that was being opened is taken back."""
    # RST-2, RF-11
    binding, query = browser(), world.stores.database.query
    made = letter(world, ada, binding)
    between(monkeypatch, type(world.stores.sessions), "open", lambda: query(change_it))
    with pytest.raises(InvalidCodeError):
        log_in(world, made, binding)
    assert listed(world, ada.user_id) == []


def test_a_disabled_user_gets_nothing(world, ada):
    """Neither by what a letter brought before, nor by another letter."""
    binding = browser()
    made = letter(world, ada, binding)
    world.auth.end_user.disable(ada.user_id)
    with pytest.raises(InvalidCodeError):
        log_in(world, made, binding)
    assert minted(world, ada, "login") is None
