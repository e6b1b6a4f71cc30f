"""Ending everything of a user: nothing that was handed out before is good, in any process, after any loss."""

from __future__ import annotations

import shutil

import pytest

from jwt_auth_core.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    RefreshInvalidError,
    SessionRevokedError,
    StoreUnavailableError,
    UserNotFoundError,
)
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import KEY, PASSWORD, World
from tests.flows.parts import between, change, down, flush, goes_on, is_over, listed, opens, process

NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"

EVENTS = {
    "logout": lambda world, _user, grant: world.auth.logout(grant.refresh_token.reveal()),
    "logout all": lambda world, user, _grant: world.auth.end_user.logout_all(user),
    "password": lambda world, user, _grant: change(world, user),
    "disable": lambda world, user, _grant: world.auth.end_user.disable(user),
    "delete": lambda world, user, _grant: world.auth.end_user.delete(user),
    "own deletion": lambda world, user, grant: world.auth.delete_account(
        user, Client(), world.auth.claims_of(grant.access_token)
    ),
    "revoke one": lambda world, user, grant: world.auth.revoke_session(user, grant.session_id),
    "revoke others": lambda world, user, _grant: world.auth.revoke_session.others(user, keep=None),
}
OF_ALL = ["logout all", "password", "disable", "delete", "own deletion", "revoke others"]


@pytest.mark.parametrize("loss", ["nothing", "flushall"])
@pytest.mark.parametrize("event", EVENTS)
def test_both_tokens_are_refused(world, event, loss):
    """In the process that did it and in one that starts later, also when Redis was emptied."""
    # RF-11, RF-06, F-07
    user = world.register()
    grant = world.login()
    assert opens(world.auth, grant)
    EVENTS[event](world, user.user_id, grant)
    if loss == "flushall":
        flush(world)
    with process(world) as other, process(world, revocation_check="always") as careful:
        for auth in (world.auth, other, careful):
            assert is_over(auth, grant)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.servers
def test_an_older_redis_brings_nothing_back(migrated_url, own_valkey, tmp_path, event):
    """After a restart from an append-only file that knows nothing of it."""
    # RF-11, RF-06, F-06
    urls = {"DATABASE_URL": migrated_url, "REDIS_URL": own_valkey.url}
    world = World(Settings.from_env({"JWT_KEY": KEY, **urls}))
    user = world.register()
    grant = world.login()
    files = own_valkey.directory / "appendonlydir"
    own_valkey.kill()
    shutil.copytree(files, tmp_path / "saved")
    own_valkey.start()
    EVENTS[event](world, user.user_id, grant)
    own_valkey.kill()
    shutil.rmtree(files)
    shutil.copytree(tmp_path / "saved", files)
    own_valkey.start()
    assert not listed(world, user.user_id) or event == "password"
    with process(world) as other:
        assert is_over(world.auth, grant)
        assert is_over(other, grant)
    world.auth.close()


@pytest.mark.parametrize("event", OF_ALL)
def test_all_sessions_end(world, event):
    """Not only the one that asked; and nobody else's."""
    # RF-11
    user = world.register()
    world.register("eve@example.com")
    grants, eves = [world.login() for _ in range(3)], world.login("eve@example.com")
    EVENTS[event](world, user.user_id, grants[0])
    assert all(is_over(world.auth, grant) for grant in grants)
    assert opens(world.auth, eves)
    assert goes_on(world.auth, eves)


def test_twice_in_one_second(world):
    """What was opened between two ends of the same second is over as well, even when Redis forgets."""
    # RF-11
    user = world.register()
    for _ in range(3):
        grant = world.login()
        assert opens(world.auth, grant)
        world.auth.end_user.logout_all(user.user_id)
        assert is_over(world.auth, grant)
    flush(world)
    with process(world) as other:
        assert is_over(other, grant)
        assert goes_on(other, world.login())


def test_a_login_in_the_same_second_is_good(world):
    """After everything was ended one may log in at once."""
    user = world.register()
    world.auth.end_user.logout_all(user.user_id)
    grant = world.login()
    assert opens(world.auth, grant)
    assert goes_on(world.auth, grant)
    assert listed(world, user.user_id) == [grant.session_id]


def test_a_disabled_user_is_refused_until_enabled(world):
    """A login fails as a wrong password does; what was ended stays ended."""
    # RF-11, ENUM-1
    user = world.register()
    grant = world.login()
    world.auth.end_user.disable(user.user_id)
    with pytest.raises(InvalidCredentialsError):
        world.login()
    world.auth.end_user.enable(user.user_id)
    assert is_over(world.auth, grant)
    assert goes_on(world.auth, world.login())


def test_a_deleted_user_is_gone(world):
    """With the account and the list of sessions; the address may register again."""
    # RF-11
    user = world.register()
    grant = world.login()
    world.auth.end_user.delete(user.user_id)
    for table in ("users", "auth_accounts", "auth_user_sessions"):
        assert world.stores.database.query(f"SELECT 1 FROM {table}", fetch="all") == []  # noqa: S608
    again = world.register()
    assert again.user_id != user.user_id
    assert not opens(world.auth, grant)


@pytest.mark.parametrize("act", ["logout_all", "disable", "enable", "delete"])
@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_is_not_found(world, act, user_id):
    """An unknown id is told, and nothing is changed."""
    with pytest.raises(UserNotFoundError):
        getattr(world.auth.end_user, act)(user_id)
    assert world.names() == []


@pytest.mark.parametrize(
    ("act", "event"),
    [
        ("logout_all", "logged_out_everywhere"),
        ("disable", "user_disabled"),
        ("enable", "user_enabled"),
        ("delete", "user_deleted"),
    ],
)
def test_the_audit_knows(world, act, event):
    """Each is one event of the user's."""
    user = world.register()
    getattr(world.auth.end_user, act)(user.user_id)
    assert [one.user_id for one in world.events if one.name == event] == [user.user_id]


def test_scopes_are_those_of_the_next_access_token(world):
    """A refresh carries what was set; a scope that cannot be changes nothing."""
    user, grant = world.register(), world.login()
    world.auth.end_user.set_scopes(user.user_id, ["reports:read"])
    (again,) = world.auth.refresh([grant.refresh_token.reveal()])
    assert world.auth.tokens.verify(again.access_token).scopes == {"reports:read"}
    with pytest.raises(InvalidInputError):
        world.auth.end_user.set_scopes(user.user_id, ["two words"])
    assert world.stores.users.find(user.user_id).scopes == {"reports:read"}


def test_one_text_is_no_scopes_of_a_user(world):
    """Neither later nor at the registration: the star among its letters would grant everything."""
    user, register = world.register(), world.auth.register
    fields = {"email": "bob@example.com", "password": PASSWORD, "first_name": "Bob", "last_name": "L"}
    asked = register.parse(fields)
    with pytest.raises(TypeError, match="scopes is a collection of texts, not one text"):
        world.auth.end_user.set_scopes(user.user_id, "posts:*")
    with pytest.raises(TypeError, match="scopes is a collection of texts, not one text"):
        register(asked, Client(), scopes="posts:*")
    assert world.auth.current_user(user.user_id).scopes == frozenset()
    assert world.stores.users.find_by_email("bob@example.com") is None


def test_killed_after_the_cut_off(world, monkeypatch):
    """A process that dies once the database knows leaves nothing that is good."""
    # F-18
    user = world.register()
    grant = world.login()
    with monkeypatch.context() as dead:
        dead.setattr(AccountAdmin, "clear", lambda *_arguments, **_named: None)
        world.auth.end_user.logout_all(user.user_id)
    assert listed(world, user.user_id) == []
    with process(world) as other:
        assert is_over(other, grant)
    flush(world)
    assert not goes_on(world.auth, grant)


def test_a_store_that_is_down_does_not_stop_the_cut_off(world, monkeypatch, caplog):
    """The user is logged out everywhere at the next refresh; what was left undone is logged."""
    # F-01
    user = world.register()
    grant = world.login()

    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.sessions), "end", down("redis"))
        broken.setattr(type(world.stores.feed), "publish", down("redis"))
        world.auth.end_user.logout_all(user.user_id)
    assert caplog.text.count("at their next use") == 2
    assert is_over(world.auth, grant)
    with process(world) as other:
        assert is_over(other, grant)


def test_no_user_is_deleted_before_everybody_can_know(world, monkeypatch):
    """While the cut-off cannot be announced the row stays, disabled; the deletion is repeated."""
    # RF-11
    user = world.register()
    grant = world.login()

    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.feed), "publish", down("redis"))
        with pytest.raises(StoreUnavailableError):
            world.auth.end_user.delete(user.user_id)
    assert world.stores.users.find(user.user_id).disabled_at is not None
    world.auth.end_user.delete(user.user_id)
    flush(world)
    with process(world) as other:
        assert is_over(other, grant)


@pytest.mark.parametrize("act", ["disable", "delete"])
def test_a_login_that_overlaps_leaves_no_session(world, monkeypatch, act):
    """Whoever was let in by the row of a moment ago is not let in after all."""
    # RF-11
    user = world.register()

    def end():
        getattr(world.auth.end_user, act)(user.user_id)
        world.now += 5

    between(monkeypatch, type(world.stores.sessions), "open", end)
    with pytest.raises(InvalidCredentialsError):
        world.login()
    assert listed(world, user.user_id) == []
    assert "login_succeeded" not in world.names()


def test_a_store_whose_clock_is_ahead(world):
    """Its sessions look younger than the cut-off; their number says that they are not."""
    # F-22, RF-11
    user = world.register()
    world.now += 30
    grant = world.login()
    world.now -= 30
    world.auth.end_user.logout_all(user.user_id)
    with process(world) as other:
        for auth in (world.auth, other):
            (answer,) = auth.refresh([grant.refresh_token.reveal()])
            assert isinstance(answer, SessionRevokedError | RefreshInvalidError)
            assert not opens(auth, grant)


def test_ending_is_announced_once_for_the_user(world, monkeypatch):
    """The cut-off goes out before the sessions, one by one, do."""
    user = world.register()
    world.login()
    told = []
    monkeypatch.setattr(Revocations, "revoke_user", lambda *_a, **_n: told.append("user"))
    monkeypatch.setattr(Revocations, "revoke_session", lambda *_a: told.append("session"))
    world.auth.end_user.logout_all(user.user_id)
    assert told == ["user", "session"]
