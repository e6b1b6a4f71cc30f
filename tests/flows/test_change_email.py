"""Another address: a letter to the new one confirms it, once; nobody learns who has it."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import AuthError, EmailTakenError, InvalidInputError, StoreUnavailableError
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.addresses import (
    ADA,
    MAIL,
    NEW,
    THIRD,
    address,
    ask,
    changed,
    changes,
    confirm,
    letters,
    token,
)
from tests.flows.parts import change, is_over


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def at_once(calls):
    """Return what came of calls that began at one moment."""
    answers, begin = [], threading.Barrier(len(calls))

    def run(call):
        begin.wait(60)
        try:
            answers.append(call())
        except AuthError as error:
            answers.append(error)

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return answers


def test_nothing_is_changed_before_the_letter_is_answered(world, ada):
    """It goes to the new address, as that was typed."""
    ask(world, ada)
    assert [recipient for recipient, _ in letters(world)] == [NEW]
    assert address(world, ada) == ADA
    assert world.login()


def test_whoever_reads_the_new_mailbox_confirms_it(world, ada):
    """The account has it, verified; one logs in with it and with no other."""
    # RST-5
    ask(world, ada)
    confirm(world, token(world, NEW))
    assert address(world, ada) == NEW
    assert world.stores.verified.has(ada.user_id)
    assert world.login(NEW.lower())
    with pytest.raises(AuthError):
        world.login(ADA)
    assert world.names()[-4:-2] == ["email_change_asked", "email_changed"]


def test_all_sessions_end_with_it(world, ada):
    """Access tokens too, at once."""
    # RF-11
    grant = world.login()
    changed(world, ada)
    assert is_over(world.auth, grant)


def test_the_old_address_is_told(world, ada):
    """By a letter with a link that undoes it."""
    # RST-5
    ask(world, ada)
    confirm(world, token(world, NEW))
    ((recipient, brought),) = letters(world)
    assert recipient == ADA
    assert brought.reveal().startswith("email_undo.")


@pytest.mark.parametrize("age", [601, None])
def test_a_login_of_lately_is_needed(world, ada, age):
    """Whoever found a browser open has a session, and no more."""
    claims = None
    if age is not None:
        issued = world.auth.tokens.issue(subject=ada.user_id, auth_time=world.now - age)
        claims = world.auth.tokens.verify(issued)
    with pytest.raises(InsufficientAuthenticationError):
        world.auth.email.change(ada.user_id, parse_email(NEW), Client(), claims, language="en")


@pytest.mark.parametrize("new", [ADA, "ADA@Example.com"])
def test_the_address_of_now_is_no_other(world, ada, new):
    """In whatever spelling; that says nothing of anybody else."""
    with pytest.raises(InvalidInputError) as error:
        ask(world, ada, new)
    assert [(one.field, one.code) for one in error.value.errors] == [("new_email", "unchanged")]


def test_an_address_that_is_taken_is_asked_for_alike(world, ada, monkeypatch):
    """The same statements, the same letter; who reads it is told, and nobody else."""
    # ENUM-2
    world.register("grace@example.com")
    texts, database = [], type(world.stores.database)
    query, ran = database.query, []

    def noting(db, sql, *values, **how):
        texts.append(sql)
        return query(db, sql, *values, **how)

    monkeypatch.setattr(database, "query", noting)
    for new in (NEW, "grace@example.com"):
        texts.clear()
        ask(world, ada, new)
        ran.append([text for text in texts if "FROM auth_outbox" not in text])
    assert ran[0] == ran[1]
    brought = token(world, "grace@example.com")
    with pytest.raises(EmailTakenError):
        confirm(world, brought)
    assert address(world, ada) == ADA


def test_a_taken_address_spends_nothing(world, ada):
    """Once it is free, the same link is good."""
    grace = world.register("grace@example.com")
    ask(world, ada, "grace@example.com")
    brought = token(world, "grace@example.com")
    with pytest.raises(EmailTakenError):
        confirm(world, brought)
    world.auth.end_user.delete(grace.user_id)
    confirm(world, brought)
    assert address(world, ada) == "grace@example.com"


@pytest.mark.parametrize("new", ["grace@example.com", "Grace@example.com"])
def test_an_address_that_another_application_wrote_is_taken(world, ada, new):
    """Also where its row has no account yet."""
    grace = world.register("grace@example.com")
    world.stores.database.query("DELETE FROM auth_accounts WHERE user_id = %s", (grace.user_id,))
    world.stores.database.query("DELETE FROM auth_unadopted")
    ask(world, ada, new)
    with pytest.raises(EmailTakenError):
        confirm(world, token(world, new))


def test_of_many_at_once_one_confirms(world, ada):
    """The old address is told once."""
    # RST-1
    ask(world, ada)
    brought = token(world, NEW)
    answers = at_once([lambda: confirm(world, brought)] * 50)
    assert answers.count(None) == 1
    assert address(world, ada) == NEW
    assert [recipient for recipient, _ in letters(world)] == [ADA]


def test_of_two_who_want_one_address_one_gets_it(world, ada):
    """The other is told that it is taken, and keeps its own."""
    # ID-2
    grace = world.register("grace@example.com")
    ask(world, ada)
    mine = token(world, NEW)
    ask(world, grace)
    hers = token(world, NEW)
    answers = at_once([lambda: confirm(world, mine), lambda: confirm(world, hers)])
    assert {type(one) for one in answers} <= {type(None), EmailTakenError, StoreUnavailableError}
    assert answers.count(None) == 1
    assert [address(world, one) for one in (ada, grace)].count(NEW) == 1


def test_whoever_registers_with_the_old_address_at_this_moment_gets_none(world, ada):
    """Before it is the account's, afterwards it is reserved; nothing is between."""
    # ID-2
    ask(world, ada)
    brought = token(world, NEW)
    answers = at_once([lambda: confirm(world, brought), *[lambda: world.register(ADA)] * 5])
    assert answers.count(None) == 1
    assert {type(one) for one in answers} <= {type(None), EmailTakenError}


def test_a_link_is_good_once_and_for_a_day(world, ada):
    """Then it is none, as one that nobody sent."""
    # RST-1
    ask(world, ada)
    brought = token(world, NEW)
    confirm(world, brought)
    for text in (brought, Secret("email_confirm." + "A" * 43), Secret("x")):
        with pytest.raises(InvalidCodeError):
            confirm(world, text)
    ask(world, ada, THIRD)
    late = token(world, THIRD)
    world.now += 24 * 3600
    with pytest.raises(InvalidCodeError):
        confirm(world, late)


def test_a_later_wish_voids_the_one_before(world, ada):
    """Also where its letter has not been sent yet."""
    # RST-2
    ask(world, ada)
    first = token(world, NEW)
    ask(world, ada, NEW)
    ask(world, ada, THIRD)
    assert [recipient for recipient, _ in letters(world)] == [THIRD]
    with pytest.raises(InvalidCodeError):
        confirm(world, first)
    assert len(changes(world)) == 1


@pytest.mark.parametrize("what", ["password", "disabled", "address"])
def test_what_changes_the_account_voids_it(world, ada, what):
    """A password that its owner changes stops a thief who asked for it."""
    # RST-2
    ask(world, ada)
    brought = token(world, NEW)
    if what == "password":
        change(world, ada.user_id)
    elif what == "disabled":
        world.auth.end_user.disable(ada.user_id)
    else:
        world.stores.database.query("UPDATE users SET email = %s", (THIRD,))
    with pytest.raises(InvalidCodeError):
        confirm(world, brought)


def test_a_user_who_is_gone_confirms_nothing(world, ada):
    """Nor does the letter go out."""
    ask(world, ada)
    brought = token(world, NEW)
    ask(world, ada)
    world.auth.end_user.delete(ada.user_id)
    assert letters(world) == []
    with pytest.raises(InvalidCodeError):
        confirm(world, brought)


@pytest.mark.limited
def test_one_address_is_not_written_to_too_often(world, ada):
    """The fourth wish in an hour is answered alike, and changes nothing; a client address has its limit."""
    for _ in range(4):
        ask(world, ada)
    assert len(letters(world)) == 1  # those of before are void
    client = Client("192.0.2.7", None, limit_key="192.0.2.7")
    for number in range(20):
        ask(world, ada, f"a{number}@example.org", client=client)
    with pytest.raises(RateLimitedError):
        ask(world, ada, "b@example.org", client=client)
