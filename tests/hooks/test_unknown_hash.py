"""Stored hashes of schemes that we do not know: the application checks them, and then they are ours."""

import hashlib
import threading
from functools import partial

import pytest

from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.hooks.hooks import Hooks
from jwt_auth_core.hooks.bounded import Bounded
from jwt_auth_core.hooks.refusal import HookFailedError

PASSWORD = "open sesame, please"
OLD = "md5$" + hashlib.md5(PASSWORD.encode()).hexdigest()  # noqa: S324 - what old applications have


def md5(password, stored):
    """Check the hash of an old application."""
    found = hashlib.md5(password.reveal().encode()).hexdigest()  # noqa: S324
    return stored == "md5$" + found


@pytest.fixture
def user(world):
    """Return a user whose row has such a hash."""
    user = world.register()
    world.auth.database.query("UPDATE users SET password_hash = %s WHERE user_id = %s", (OLD, user.user_id))
    return user


def stored(world, user):
    """Return the hash in the row."""
    return world.stores.users.find(user.user_id).password_hash


def test_the_hook_opens_it_once(world, user):
    """The login stores a hash of ours, and the hook is asked no more."""  # PW-09
    asked = []
    world.auth.hooks.on_unknown_hash(lambda *given: asked.append(1) or md5(*given))
    assert world.login(password=PASSWORD).user.user_id == user.user_id
    assert stored(world, user).startswith("$argon2id$")
    assert world.login(password=PASSWORD).user.user_id == user.user_id
    assert asked == [1]


def test_a_wrong_password_is_one(world, user):
    """What the hook does not open stays as it is."""
    world.auth.hooks.on_unknown_hash(md5)
    with pytest.raises(InvalidCredentialsError):
        world.login(password="something else")
    assert stored(world, user) == OLD


@pytest.mark.parametrize("said", [None, 1, "yes", [True]])
def test_nothing_but_true_is_a_yes(world, user, said):
    """A hook that forgets its `return`, or returns an object, opens nothing."""
    world.auth.hooks.on_unknown_hash(lambda *_: said)
    with pytest.raises(InvalidCredentialsError):
        world.login(password=PASSWORD)
    assert stored(world, user) == OLD


@pytest.mark.usefixtures("user")
def test_without_a_hook_nothing_opens(world):
    """Whatever the scheme."""
    with pytest.raises(InvalidCredentialsError):
        world.login(password=PASSWORD)


def test_known_hashes_are_not_shown_to_it(world):
    """Ours, and those of other systems that we read, are nobody else's business."""
    world.register()
    world.auth.hooks.on_unknown_hash(partial(pytest.fail, "asked"))
    assert world.login().access_token


def test_a_hook_that_hangs_issues_nothing(world, user, monkeypatch):
    """The login is told to come again, and no wrong password is counted."""
    over = threading.Event()
    monkeypatch.setattr(world.auth.hooks, "_bounded", Bounded("on_unknown_hash", seconds=0.01))
    world.auth.hooks.on_unknown_hash(lambda *_: over.wait())
    with pytest.raises(HookFailedError):
        world.login(password=PASSWORD)
    over.set()
    assert stored(world, user) == OLD
    assert "login_failed" not in world.names()


async def coroutine(_password, _stored):
    """Be a hook that must be awaited."""


def test_it_cannot_be_awaited():
    """Where passwords are hashed there is no event loop."""
    with pytest.raises(TypeError, match="cannot be awaited"):
        Hooks().on_unknown_hash(coroutine)


@pytest.mark.parametrize("place", ["before_register", "before_login", "claims_for", "on_unknown_hash"])
def test_each_place_has_one(place):
    """A second one does not take the first one's place unnoticed; the decorator returns the function."""
    hooks = Hooks()
    assert getattr(hooks, place)(md5) is md5
    with pytest.raises(ValueError, match=f"there is a hook {place} already"):
        getattr(hooks, place)(md5)
