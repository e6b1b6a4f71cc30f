"""A user's sessions: listed, ended one by one, ended but one."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import (
    InvalidCredentialsError,
    SessionNotFoundError,
    StoreUnavailableError,
)
from jwt_auth_core.flows.sessions.list_sessions import BEING_OPENED_SECONDS
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.sessions.session_index import SessionIndex
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import PASSWORD
from tests.flows.parts import between, down, flush, goes_on, is_over, listed, opens

NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"


def test_sessions_are_listed_oldest_first(world):
    """Each with its times and where it was opened, and nobody else's."""
    # RF-14
    user = world.register()
    world.register("eve@example.com")
    world.login("eve@example.com")
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    first = world.auth.login(attempt, Client("203.0.113.9", "a browser"))
    world.now += 10
    second = world.login()
    world.now += 10
    world.refresh(first.refresh_token)
    one, two = world.auth.list_sessions(user.user_id)
    assert [one.session_id, two.session_id] == [first.session_id, second.session_id]
    assert (one.created_at, one.last_used_at) == (world.now - 20, world.now)
    assert one.ends_at == one.created_at + world.settings.session_max_age_seconds
    assert one.client == Client("203.0.113.9", "a browser")


def test_listed_ids_open_nothing(world):
    """An id out of the list is neither a refresh token nor an access token."""
    # RF-14
    user = world.register()
    world.login()
    (session_id,) = listed(world, user.user_id)
    (answer,) = world.auth.refresh([session_id])
    assert answer.code == "refresh_invalid"
    world.auth.logout(session_id)
    assert listed(world, user.user_id) == [session_id]


def test_what_is_over_is_not_listed(world):
    """Logged out, idled away, or gone with the store."""
    user = world.register()
    world.auth.logout(world.login().refresh_token.reveal())
    assert listed(world, user.user_id) == []
    world.login()
    world.now += world.settings.refresh_token_ttl_seconds
    assert listed(world, user.user_id) == []
    assert world.stores.session_index.of_user(user.user_id, now=world.now) == []


def test_a_flushed_store_has_nothing_to_list(world):
    """The index says what was opened, the store what lives."""
    # F-07
    user = world.register()
    world.login()
    flush(world)
    expected = [] if world.settings.redis_url else [1]
    assert len(listed(world, user.user_id)) == len(expected)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE auth_accounts SET sessions_valid_after = %s", "UPDATE auth_accounts SET disabled_at = %s"],
)
def test_what_the_database_ended_is_not_listed(world, statement):
    """A session that its store still holds, of a user who was cut off behind its back."""
    # F-06
    user = world.register()
    world.login()
    world.stores.database.query(statement, (world.now + 1,))
    assert listed(world, user.user_id) == []


def test_a_session_that_is_being_opened_stays_in_the_index(world, monkeypatch):
    """Who lists between the two writes of a login does not make its session unlisted for good."""
    # RF-14
    user = world.register()
    between(monkeypatch, type(world.stores.sessions), "open", lambda: listed(world, user.user_id))
    grant = world.login()
    assert listed(world, user.user_id) == [grant.session_id]


def test_a_session_that_never_came_is_forgotten(world, monkeypatch):
    """A login that died between its two writes leaves nothing in the end; in one database not even before."""
    # F-18
    user = world.register()

    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.sessions), "open", down("redis"))
        with pytest.raises(StoreUnavailableError):
            world.login()
    left = world.stores.session_index.of_user(user.user_id, now=world.now)
    assert len(left) == (1 if world.settings.redis_url else 0)
    world.now += BEING_OPENED_SECONDS + 1
    assert listed(world, user.user_id) == []
    assert world.stores.session_index.of_user(user.user_id, now=world.now) == []


def test_one_session_is_ended(world):
    """Its tokens are refused, the other's are not, and the audit knows."""
    # RF-11, RF-14
    user = world.register()
    one, other = world.login(), world.login()
    world.auth.revoke_session(user.user_id, one.session_id)
    assert is_over(world.auth, one)
    assert opens(world.auth, other)
    assert goes_on(world.auth, other)
    assert listed(world, user.user_id) == [other.session_id]
    assert "session_revoked" in world.names()


@pytest.mark.parametrize("session_id", ["0" * 32, "", "nonsense", "\ud800", "A" * 32, "' OR 1=1 --"])
def test_an_unknown_session_is_not_found(world, session_id):
    """Whatever the text, there is no such session."""
    user = world.register()
    world.login()
    with pytest.raises(SessionNotFoundError):
        world.auth.revoke_session(user.user_id, session_id)


def test_another_users_session_is_not_found(world):
    """Nobody ends, or learns of, the sessions of others."""
    # RF-14
    world.register()
    eve = world.register("eve@example.com")
    grant = world.login()
    with pytest.raises(SessionNotFoundError):
        world.auth.revoke_session(eve.user_id, grant.session_id)
    assert goes_on(world.auth, grant)


def test_ending_twice_finds_nothing(world):
    """What is over is not there any more."""
    user = world.register()
    grant = world.login()
    world.auth.revoke_session(user.user_id, grant.session_id)
    with pytest.raises(SessionNotFoundError):
        world.auth.revoke_session(user.user_id, grant.session_id)


@pytest.mark.parametrize("step", ["store", "feed"])
def test_an_end_that_failed_half_way_can_be_repeated(world, monkeypatch, step):
    """Whatever was down, the session is still on the list for a second try."""
    # F-01
    user = world.register()
    grant = world.login()

    def refuse(*_arguments, **_named):
        raise StoreUnavailableError(step)

    where = {"store": (world.stores.sessions, "end"), "feed": (world.stores.feed, "publish")}[step]
    with monkeypatch.context() as broken:
        broken.setattr(type(where[0]), where[1], refuse)
        with pytest.raises(StoreUnavailableError):
            world.auth.revoke_session(user.user_id, grant.session_id)
    world.auth.revoke_session(user.user_id, grant.session_id)
    assert is_over(world.auth, grant)


def test_the_others_are_ended(world):
    """All but the one to keep; how many is told."""
    # RF-11, RF-14
    user = world.register()
    kept, *others = [world.login() for _ in range(3)]
    assert world.auth.revoke_session.others(user.user_id, keep=kept.session_id) == 2
    assert [is_over(world.auth, one) for one in others] == [True, True]
    assert listed(world, user.user_id) == [kept.session_id]
    assert world.auth.revoke_session.others(user.user_id, keep=kept.session_id) == 0


def test_without_a_session_to_keep_all_are_ended(world):
    """A token that names no session keeps none."""
    user = world.register()
    grant = world.login()
    assert world.auth.revoke_session.others(user.user_id, keep=None) == 1
    assert is_over(world.auth, grant)


@pytest.mark.parametrize("user_id", [NOBODY, "42", "", "a service"])
def test_nobody_has_no_sessions(world, user_id):
    """A subject without a user, of whatever form, has an empty list."""
    assert world.auth.list_sessions(user_id) == []
    assert world.auth.revoke_session.others(user_id, keep=None) == 0


def test_a_login_ends_the_session_that_it_replaces(world):
    """The session of the refresh token that the client still had is over, others go on."""
    # RF-13
    world.register()
    old, other = world.login(), world.login()
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    new = world.auth.login(attempt, Client(), replaces=old.refresh_token.reveal())
    assert new.session_id not in {old.session_id, other.session_id}
    assert is_over(world.auth, old)
    assert goes_on(world.auth, other)
    assert goes_on(world.auth, new)


def test_the_trail_says_whose_session_ended(world):
    """Replaced by another user's login in the same browser, or logged out by its refresh token alone."""
    ada, old = world.register().user_id, world.login()
    eve = world.register("eve@example.com").user_id
    attempt = LoginAttempt.parse({"email": "eve@example.com", "password": PASSWORD})
    new = world.auth.login(attempt, Client(), replaces=old.refresh_token.reveal())
    world.auth.logout(new.refresh_token.reveal())
    told = {event.name: event.user_id for event in world.events}
    assert (told["session_ended"], told["logged_out"]) == (ada, eve)


@pytest.mark.parametrize("text", ["", "nonsense", "A" * 156])
def test_nothing_to_replace_is_no_error(world, text):
    """What is no token of ours replaces nothing."""
    world.register()
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    assert goes_on(world.auth, world.auth.login(attempt, Client(), replaces=text))


def test_a_failed_login_ends_nothing(world):
    """Only who is let in replaces a session."""
    world.register()
    old = world.login()
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": "a wrong pass phrase"})
    with pytest.raises(InvalidCredentialsError):
        world.auth.login(attempt, Client(), replaces=old.refresh_token.reveal())
    assert goes_on(world.auth, old)


def test_a_session_that_cannot_be_ended_stops_no_login(world, monkeypatch, caplog):
    """Tidying up is no condition; what is left over is logged."""
    world.register()
    old = world.login()

    monkeypatch.setattr(type(world.stores.sessions), "end", down("redis"))
    attempt = LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD})
    assert world.auth.login(attempt, Client(), replaces=old.refresh_token.reveal()).access_token
    assert "was not ended" in caplog.text


def test_a_user_who_is_gone_by_then_is_not_let_in(world, monkeypatch):
    """A login that overlaps a deletion fails as any other, whichever of its steps comes too late."""
    user = world.register()
    between(monkeypatch, SessionIndex, "add", lambda: world.auth.end_user.delete(user.user_id))
    with pytest.raises(InvalidCredentialsError):
        world.login()
    assert world.stores.session_index.of_user(user.user_id, now=world.now) == []
    assert world.names()[-1] == "login_failed"
