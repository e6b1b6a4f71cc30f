"""The trail of the use cases: one row an event, with the change or not at all."""

from contextlib import suppress

import pytest

from jwt_auth_core.audit import Trail, session_mark
from jwt_auth_core.errors import AuthError, InvalidCredentialsError, StoreUnavailableError
from jwt_auth_core.events import Refreshed, UserDisabled
from jwt_auth_core.vocabulary import Client
from tests.flows.parts import change, down, goes_on


def names(world):
    """Return the names of the rows, in their order."""
    return [row.name for row in Trail(world.stores.database).rows()]


def make_key(world, user):
    """Return the id of a new API key of a user's."""
    create = world.auth.api_keys.create
    return create(user.user_id, create.parse({"name": "build"}), Client()).stored.key_id


ACTS = {
    "api_key_created": lambda world, user, _: make_key(world, user),
    "api_key_revoked": lambda world, user, _: world.auth.api_keys.revoke(user.user_id, make_key(world, user)),
    "logged_out": lambda world, _user, grant: world.auth.logout(grant.refresh_token.reveal()),
    "logged_out_everywhere": lambda world, user, _: world.auth.end_user.logout_all(user.user_id),
    "password_changed": lambda world, user, _: change(world, user.user_id),
    "scopes_changed": lambda world, user, _: world.auth.end_user.set_scopes(user.user_id, ["admin"]),
    "session_revoked": lambda world, user, _: world.auth.revoke_session.others(user.user_id, keep=None),
    "token_revoked": lambda world, _user, grant: world.auth.revoke_token(grant.access_token),
    "user_deleted": lambda world, user, _: world.auth.end_user.delete(user.user_id),
    "user_disabled": lambda world, user, _: world.auth.end_user.disable(user.user_id),
    "user_enabled": lambda world, user, _: world.auth.end_user.enable(user.user_id),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_change_is_a_row(world, name):
    """Whatever is changed is written down before the call returns."""  # LOG-3
    user, grant = world.register(), world.login()
    ACTS[name](world, user, grant)
    assert names(world)[:2] == ["user_registered", "login_succeeded"]
    assert names(world)[-1] == name


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"user_deleted", "api_key_revoked"}))
def test_a_change_that_cannot_be_written_down_is_not_made(world, monkeypatch, name):
    """The call is refused as that of a database that does not answer, and nothing is told."""  # LOG-3
    user, grant = world.register(), world.login()
    before = world.stores.users.find(user.user_id)
    told = len(world.events)
    monkeypatch.setattr(
        "jwt_auth_core.audit.trail._APPEND", "INSERT INTO auth_gone VALUES (" + "%s, " * 11 + "%s)"
    )
    with pytest.raises(AuthError):
        ACTS[name](world, user, grant)
    assert world.stores.users.find(user.user_id) == before
    assert len(world.events) == told
    assert goes_on(world.auth, grant)


def test_a_failed_login_is_a_row(world):
    """With the client, without what was typed."""  # LOG-3
    with pytest.raises(InvalidCredentialsError):
        world.login("my secret pass phrase", "not the pass phrase")
    (row,) = Trail(world.stores.database).rows()
    assert (row.name, row.outcome, row.user_id) == ("login_failed", "failure", None)
    assert "my secret pass phrase" not in str(row)


def test_a_reuse_is_a_row_though_the_database_was_down(world, monkeypatch):
    """The store has ended the session by then: whoever comes next finds that it is not written down."""
    # LOG-3, F-13
    world.register()
    first = world.login().refresh_token
    second = world.refresh(first).refresh_token
    world.refresh(second)
    world.now += 3600
    users = type(world.stores.users)
    with monkeypatch.context() as broken:
        broken.setattr(users, "end_session", down("database"))
        with pytest.raises(StoreUnavailableError):
            world.refresh(first)
    assert "refresh_reused" not in names(world)
    for _ in range(2):
        world.refresh(first)
    assert names(world).count("refresh_reused") == 1


def test_a_refresh_is_no_row(world):
    """It happens too often; subscribers hear of it."""  # LOG-3
    world.register()
    grant = world.login()
    told = []
    world.auth.on(Refreshed)(told.append)
    world.refresh(grant.refresh_token)
    mark = session_mark(grant.session_id)
    assert told == [Refreshed(at=world.now, user_id=grant.user.user_id, session=mark)]
    assert names(world) == ["user_registered", "login_succeeded"]
    assert "refresh_succeeded" not in world.names()


def test_a_refresh_that_is_overruled_is_not_told(world):
    """The session store accepted it, and the database knows better."""
    user, grant, told = world.register(), world.login(), []
    world.auth.on(Refreshed)(told.append)
    world.stores.users.disable(user.user_id, now=world.now)
    assert not goes_on(world.auth, grant)
    assert told == []


def test_it_is_told_when_it_is_kept(world):
    """A subscriber finds what it is told of in the database; of what is undone it never hears."""
    user = world.register()
    told = []
    world.auth.on(UserDisabled)(lambda _event: told.append(names(world)[-1]))
    with suppress(LookupError), world.auth.database.transaction():
        world.auth.end_user.disable(user.user_id)
        raise LookupError
    assert told == []
    assert names(world) == ["user_registered"]
    world.auth.end_user.disable(user.user_id)
    assert told == ["user_disabled"]


def test_a_sink_that_raises_changes_no_answer(world, caplog):
    """It is logged, and the subscribers are told all the same."""

    def broken(_event):
        raise LookupError

    told = []
    world.auth.on(UserDisabled)(told.append)
    object.__setattr__(world.auth.login.open_session.parts.journal, "sink", broken)
    world.auth.end_user.disable(world.register().user_id)
    assert len(told) == 1
    assert "the audit's sink failed at user_disabled" in caplog.messages


def test_rows_are_read_page_by_page(world, monkeypatch):
    """However many there are, in order, from a place and a time on."""
    monkeypatch.setattr("jwt_auth_core.audit.trail.PAGE", 2)
    for at in range(5):
        world.now = at
        with pytest.raises(InvalidCredentialsError):
            world.login("nobody@example.com")
    trail = Trail(world.stores.database)
    ids = [row.id for row in trail.rows()]
    assert len(ids) == 5
    assert ids == sorted(ids)
    assert [row.at for row in trail.rows(since=3)] == [3, 4]
    assert [row.id for row in trail.rows(after=ids[2])] == ids[3:]
