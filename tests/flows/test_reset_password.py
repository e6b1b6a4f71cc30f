"""Reset the password: a mailed link sets one, once; every session ends, none begins."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from jwt_auth_core.errors import (
    InvalidCredentialsError,
    InvalidInputError,
)
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.mail.letter import MailNotConfiguredError
from jwt_auth_core.one_time.proof import RESET, InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from tests.factors.words import enrol
from tests.flows.parts import OLD, change, down, is_over, listed, opens, process
from tests.flows.proofs import CLIENT, NEW, link, minted, reset

EVIL = "the phrase of somebody else"


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def hash_of(world, user):
    """Return the password hash as it is stored now."""
    return world.stores.users.find(user.user_id).password_hash


def test_a_link_sets_the_password(world, ada):
    """The new one is good, the old one is not, and nobody is logged in by that."""
    # RST-4
    reset(world, link(world, ada))
    assert listed(world, ada.user_id) == []
    assert world.login(password=NEW)
    with pytest.raises(InvalidCredentialsError):
        world.login(password=OLD)


def test_every_session_is_over(world, ada):
    """Refresh and access tokens, in every process at once."""
    # RF-11, RST-4
    grants = [world.login(), world.login()]
    reset(world, link(world, ada))
    assert all(is_over(world.auth, grant) for grant in grants)
    with process(world) as other:
        assert not any(opens(other, grant) for grant in grants)


def test_it_is_written_down(world, ada):
    """With whose it is and where it came from."""
    # LOG-3
    reset(world, link(world, ada))
    event = world.events[-1]
    assert (event.name, event.user_id, event.client) == ("password_reset", ada.user_id, CLIENT)


def test_a_link_is_good_once(world, ada):
    """Another try changes nothing."""
    # RST-1
    token = link(world, ada)
    reset(world, token)
    with pytest.raises(InvalidCodeError):
        reset(world, token, EVIL)
    assert world.login(password=NEW)


def test_of_fifty_at_once_one_is_good(world, ada):
    """The password is what the one said."""
    # RST-1, F-32
    token, won = link(world, ada), []
    begin = threading.Barrier(50)

    def go(number):
        begin.wait(60)
        with suppress(InvalidCodeError):
            reset(world, token, f"the long phrase number {number}")
            won.append(number)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (number,) = won
    assert world.login(password=f"the long phrase number {number}")


def test_a_link_is_good_for_half_an_hour(world, ada):
    """A second before its end it is, then it is not."""
    # RST-1
    token = link(world, ada)
    world.now += 1800
    with pytest.raises(InvalidCodeError):
        reset(world, token)
    token = link(world, ada)
    world.now += 1799
    reset(world, token)


def test_a_later_letter_voids_the_link(world, ada):
    """The newest one counts."""
    # RST-2
    old, new = link(world, ada), link(world, ada)
    with pytest.raises(InvalidCodeError):
        reset(world, old)
    reset(world, new)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world, user: change(world, user.user_id, new=EVIL),
        lambda world, user: world.auth.end_user.logout_all(user.user_id),
        lambda world, user: world.auth.end_user.disable(user.user_id),
        lambda world, user: world.auth.end_user.delete(user.user_id),
        lambda world, user: world.stores.database.query(
            "UPDATE users SET email = 'b@example.com' WHERE user_id = %s", (user.user_id,)
        ),
    ],
    ids=["changed", "logged out everywhere", "disabled", "deleted", "another address"],
)
def test_what_happened_since_voids_the_link(world, ada, meanwhile):
    """It was for the account as it was when the letter was sent."""
    # RST-2
    token = link(world, ada)
    meanwhile(world, ada)
    with pytest.raises(InvalidCodeError):
        reset(world, token)


@pytest.mark.parametrize("new", ["short", "password1", "ada@example.com", "x" * 5000, ""])
def test_a_refused_password_spends_nothing(world, ada, new):
    """It is checked as at the registration, the field is named, and the link stays good."""
    # PW-02, PW-03
    token = link(world, ada)
    with pytest.raises(InvalidInputError) as caught:
        reset(world, token, new)
    assert {error.field for error in caught.value.errors} == {"new_password"}
    reset(world, token)


@pytest.mark.parametrize(
    "token", ["", "x", "reset.", *("reset." + "A" * n for n in (43, 44)), "é" * 50, "\ud800"]
)
def test_anything_else_is_no_link(world, ada, token):
    """It is refused before anything is hashed."""
    before = hash_of(world, ada)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.auth.reset_password.passwords), "hash", down("hasher"))
        with pytest.raises(InvalidCodeError):
            reset(world, token)
    assert hash_of(world, ada) == before


@pytest.mark.limited
def test_the_wrong_passwords_of_before_are_forgotten(world, ada):
    """A stranger who guesses does not keep the owner out once the mailbox was shown."""
    # RL-4
    for number in range(5):
        with suppress(InvalidCredentialsError):
            world.login(password=f"guess number {number}")
    with pytest.raises(RateLimitedError):
        world.login()
    reset(world, link(world, ada))
    assert world.login(password=NEW)


@pytest.mark.limited
def test_a_password_that_was_stopped_works_again(world, ada):
    """A hundred wrong ones in a row had left it to known devices alone."""
    # RL-4
    for _ in range(100):
        world.auth.login.limits.failures.count(ada.user_id, most=100)
    with pytest.raises(InvalidCredentialsError):
        world.login()
    reset(world, link(world, ada))
    assert world.login(password=NEW)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {"token", "new_password"}),
        ({"token": 1, "new_password": NEW}, {"token"}),
        ({"token": "x"}, {"new_password"}),
    ],
)
def test_every_bad_field_is_named(world, values, fields):
    """At once, before any work."""
    flow = replace(world.auth.reset_password, letters=QueueLetter(world.auth.outbox))
    with pytest.raises(InvalidInputError) as caught:
        flow.parse(values)
    assert {error.field for error in caught.value.errors} == fields


def test_a_token_and_a_password_are_read(world):
    """As they are."""
    flow = replace(world.auth.reset_password, letters=QueueLetter(world.auth.outbox))
    asked = flow.parse({"token": "reset.x", "new_password": NEW})
    assert (asked.token.reveal(), asked.new.reveal()) == ("reset.x", NEW)


def test_it_needs_a_mailer(world):
    """Without one there are no links."""
    with pytest.raises(MailNotConfiguredError):
        world.auth.reset_password.parse({})


def test_an_account_without_a_password_gets_a_first_one(world, ada):
    """What no password opens is opened by the one that the link sets."""
    world.stores.database.query("UPDATE users SET password_hash = '!' WHERE user_id = %s", (ada.user_id,))
    reset(world, link(world, ada))
    assert world.login(password=NEW)


@pytest.mark.limited
def test_the_wrong_guesses_of_before_are_forgotten(world, ada):
    """Whoever guessed the old password does not keep the owner from using the new one."""
    # RL-4
    for _ in range(5):
        with suppress(InvalidCredentialsError):
            change(world, ada.user_id, current="wrong")
    with pytest.raises(RateLimitedError):
        change(world, ada.user_id)
    reset(world, link(world, ada))
    assert change(world, ada.user_id, current=NEW, new=OLD)


def test_no_letter_is_made_for_who_is_not_there(world, ada):
    """Nor for who is disabled, nor to an address that the user has no more, nor after a later one."""
    # ID-3
    assert minted(world, ada, address="b@example.com") is None
    later = minted(world, ada, letter_id="msg_2")
    assert minted(world, ada, letter_id="msg_1") is None
    assert later.token.seconds == RESET.ttl_seconds
    assert later.code is None
    world.auth.end_user.disable(ada.user_id)
    assert minted(world, ada) is None
    world.auth.end_user.delete(ada.user_id)
    assert minted(world, ada) is None


def test_a_dump_holds_no_token(world, ada, taint):
    """The digest stands for it."""
    # RST-1
    token = link(world, ada)
    rows = world.stores.database.query("SELECT * FROM auth_proofs", fetch="all")
    assert taint.leaks(*map(str, rows)) == []
    assert RESET.digest_of(token.reveal()) in str(rows)


def test_factors_of_who_had_not_proven_the_address_are_void(world, ada):
    """A stranger who registered it would shut its owner out with them."""
    # RST-6
    enrol(world.auth, ada.user_id)
    reset(world, link(world, ada))
    assert isinstance(world.login(password=NEW), Grant)


def test_factors_of_a_proven_address_stay(world, ada):
    """Who is in the mailbox gets no further than the password."""
    world.stores.verified.keep(ada.user_id, ada.email)
    enrol(world.auth, ada.user_id)
    reset(world, link(world, ada))
    assert isinstance(world.login(password=NEW), Challenge)


def test_api_keys_are_void(world, ada):
    """Whoever had the account made them."""
    create = world.auth.api_keys.create
    create(ada.user_id, create.parse({"name": "a program"}), CLIENT)
    reset(world, link(world, ada))
    assert world.auth.api_keys.list(ada.user_id) == []
    assert world.events[-2].reason == "password_reset"
