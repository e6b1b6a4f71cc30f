"""Change the password: the current one is needed, every session ends, one new one begins."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.errors import (
    AuthError,
    InvalidCredentialsError,
    InvalidInputError,
    UserNotFoundError,
)
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.passwords import PasswordPolicy, Passwords, Profile
from tests.cheap import cheap_hasher
from tests.flows.parts import (
    NEW,
    OLD,
    between,
    change,
    flush,
    goes_on,
    is_over,
    listed,
    opens,
    process,
)

NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"


def test_the_new_password_is_good_and_the_old_is_not(world):
    """One hash is replaced by another."""
    # PW-10
    user = world.register()
    change(world, user.user_id)
    assert world.login(password=NEW).user.user_id == user.user_id
    with pytest.raises(InvalidCredentialsError):
        world.login(password=OLD)


def test_a_new_session_begins_and_the_others_end(world):
    """The caller goes on under a new id; whoever else knew the old password is out."""
    # RF-11, RF-13
    user = world.register()
    mine, thiefs = world.login(), world.login()
    grant = change(world, user.user_id)
    assert grant.session_id not in {mine.session_id, thiefs.session_id}
    assert is_over(world.auth, mine)
    assert is_over(world.auth, thiefs)
    assert opens(world.auth, grant)
    assert goes_on(world.auth, grant)
    assert listed(world, user.user_id) == [grant.session_id]
    assert "password_changed" in world.names()


def test_the_new_session_survives_the_loss_of_redis(world):
    """No: it is gone with it; but its access token stays good, and the old stay bad."""
    # F-07
    user = world.register()
    old = world.login()
    grant = change(world, user.user_id)
    flush(world)
    with process(world) as other:
        assert opens(other, grant)
        assert is_over(other, old)


@pytest.mark.parametrize("current", ["", "wrong", OLD.upper(), OLD + " ", "x" * 5000])
def test_the_current_password_is_needed(world, current):
    """Without it nothing changes and nobody is logged out."""
    # PW-10
    user = world.register()
    grant = world.login()
    with pytest.raises(InvalidCredentialsError):
        change(world, user.user_id, current=current)
    assert goes_on(world.auth, grant)
    assert world.login(password=OLD)
    assert "password_change_failed" in world.names()


@pytest.mark.parametrize("new", ["short", "password1", "ada@example.com", "x" * 5000, ""])
def test_the_policy_holds(world, new):
    """The new one is checked as at the registration; the field is named."""
    # PW-02
    user = world.register()
    with pytest.raises(InvalidInputError) as caught:
        change(world, user.user_id, new=new)
    assert {error.field for error in caught.value.errors} == {"new_password"}
    assert world.login(password=OLD)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {"new_password"}),
        ({"current_password": None}, {"new_password"}),  # null is left out
        ({"current_password": 1}, {"current_password", "new_password"}),
        ({"current_password": 1, "new_password": NEW}, {"current_password"}),
        ({"current_password": OLD, "new_password": None}, {"new_password"}),
    ],
)
def test_every_bad_field_is_named(values, fields):
    """At once, before any work."""
    with pytest.raises(InvalidInputError) as caught:
        PasswordChange.parse(values)
    assert {error.field for error in caught.value.errors} == fields


def test_no_repr_shows_a_password():
    """Both are masked."""
    # LOG-4
    shown = repr(PasswordChange.parse({"current_password": OLD, "new_password": NEW}))
    assert OLD not in shown
    assert NEW not in shown


@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_changes_a_password(world, user_id):
    """A subject without a user has no password."""
    with pytest.raises(UserNotFoundError):
        change(world, user_id)


def test_a_disabled_user_changes_nothing(world):
    """Disabled is as good as gone."""
    user = world.register()
    world.auth.end_user.disable(user.user_id)
    with pytest.raises(UserNotFoundError):
        change(world, user.user_id)


def test_of_two_changes_at_once_one_wins(world):
    """The other hears that its current password is none any more, and its session never was."""
    # PW-10
    user = world.register()
    answers: list[Grant | AuthError] = []
    barrier = threading.Barrier(2)

    def go(new: str) -> None:
        barrier.wait()
        try:
            answers.append(change(world, user.user_id, new=new))
        except AuthError as error:
            answers.append(error)

    threads = [threading.Thread(target=go, args=(NEW + str(n),)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [one for one in answers if isinstance(one, Grant)]
    (lost,) = [one for one in answers if isinstance(one, AuthError)]
    assert isinstance(lost, InvalidCredentialsError)
    assert listed(world, user.user_id) == [won.session_id]
    assert goes_on(world.auth, won)


def test_two_changes_in_one_second(world):
    """The session of the first ends with the second, though the clock did not move."""
    # RF-11
    user = world.register()
    first = change(world, user.user_id)
    assert opens(world.auth, first)
    second = change(world, user.user_id, current=NEW, new=NEW + "!")
    assert is_over(world.auth, first)
    assert opens(world.auth, second)
    flush(world)
    with process(world) as other:
        assert is_over(other, first)
        assert opens(other, second)


def test_a_change_that_overlaps_the_end_of_everything(world, monkeypatch):
    """The password is changed all the same, and the new session is not among those that ended."""
    # PW-10, RF-11
    user = world.register()
    between(
        monkeypatch,
        type(world.stores.users),
        "change_password",
        lambda: world.auth.end_user.logout_all(user.user_id),
    )
    grant = change(world, user.user_id)
    assert opens(world.auth, grant)
    assert goes_on(world.auth, grant)
    assert listed(world, user.user_id) == [grant.session_id]
    assert world.login(password=NEW)


def test_a_login_with_the_old_password_that_overlaps(world, monkeypatch):
    """It verified the old hash and is slow: when it is done the password is another, and it is refused."""
    # RF-11, PW-10
    user = world.register()
    grants = []

    def meanwhile():
        grants.append(change(world, user.user_id))
        world.now += 5

    between(monkeypatch, Passwords, "upgrade", meanwhile)  # hashed, and nothing is written yet
    with pytest.raises(InvalidCredentialsError):
        world.login(password=OLD)
    assert listed(world, user.user_id) == [grants[0].session_id]


def test_a_hash_that_another_login_upgraded_refuses_nobody(world, monkeypatch):
    """Two logins at once may both raise the cost; the password is the same."""
    # PW-09
    user = world.register()
    stronger = Passwords(cheap_hasher(Profile(memory_kib=8, passes=2)), PasswordPolicy.default())

    def meanwhile():
        object.__setattr__(world.auth.login, "passwords", stronger)
        world.login()

    between(monkeypatch, OpenSession, "__call__", meanwhile)
    assert goes_on(world.auth, world.login())
    assert ",t=2," in world.stores.users.find(user.user_id).password_hash
