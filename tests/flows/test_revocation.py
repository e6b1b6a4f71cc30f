"""Access tokens die with their session: here at once, in every other `Auth` on the same stores soon."""

from __future__ import annotations

import pytest
import redis

from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import (
    RefreshReusedError,
    SessionRevokedError,
    StoreUnavailableError,
    TokenInvalidError,
)
from jwt_auth_core.revocations import Revocations
from jwt_auth_core.revocations import reader as reading
from tests.cheap import cheap_passwords
from tests.flows.parts import between
from tests.revocations.parts import until


@pytest.fixture
def others(world):
    """Return what makes another `Auth` as another process has it; all are closed afterwards."""
    made = []

    def make(**settings):
        changed = world.settings if not settings else type(world.settings)(**{**_fields(world), **settings})
        made.append(Auth.from_settings(changed, passwords=cheap_passwords(), clock=lambda: world.now))
        return made[-1]

    yield make
    for auth in made:
        auth.close()


def _fields(world):
    return {name: getattr(world.settings, name) for name in world.settings.__dataclass_fields__}


def refused(auth, grant):
    """Say whether an access token is refused."""
    try:
        auth.claims_of(grant.access_token)
    except TokenInvalidError as error:
        return error.reason == "revoked"
    return False


def flush(world):
    """Empty the Redis of the world, if it has one."""
    if world.settings.redis_url is not None:
        with redis.Redis.from_url(world.settings.redis_url.reveal()) as client:
            client.flushall()


def cut_off(world, column="sessions_valid_after"):
    """Cut off all users in the database, behind everybody's back."""
    if column == "disabled_at":
        world.stores.database.query("UPDATE auth_accounts SET disabled_at = %s", (world.now,))
    else:
        world.stores.database.query("UPDATE auth_accounts SET sessions_valid_after = %s", (world.now + 1,))


def read_the_ledger(world):
    """Have this process's memory filled from the database, as its reader does now and then."""
    for page in world.stores.ledger.since(0):
        world.auth.revocations.revoked.learn(page, now=world.now)


def test_a_logout_revokes_everywhere(world, others):
    """The process that logs out refuses at once, another one soon; another session goes on."""
    # RF-12
    other = others()
    world.register()
    one, two = world.login(), world.login()
    assert not refused(other, one)
    world.auth.logout(one.refresh_token.reveal())
    assert refused(world.auth, one)
    until(lambda: refused(other, one))
    assert not refused(world.auth, two)
    assert not refused(other, two)


def test_a_logout_that_the_ledger_told_first_is_announced(world, others, monkeypatch):
    """A reader that finds an end before it is announced keeps nobody from hearing of it at once."""
    # F-18
    other, _ = others(), world.register()
    grant = world.login()
    assert not refused(other, grant)
    between(monkeypatch, Revocations, "revoke_session", lambda: read_the_ledger(world))
    world.auth.logout(grant.refresh_token.reveal())
    until(lambda: refused(other, grant))


def test_a_cut_off_that_the_ledger_told_first_is_announced(world, others, monkeypatch):
    """Also to tokens that no session's end would concern."""
    # F-18
    other, user = others(), world.register()
    token = world.auth.tokens.issue(subject=user.user_id)
    other.claims_of(token)
    world.now += 1
    between(monkeypatch, Revocations, "revoke_user", lambda: read_the_ledger(world))
    world.auth.end_user.logout_all(user.user_id)
    until(lambda: other.revocations.is_revoked(other.tokens.verify(token)))


def test_reuse_revokes_everywhere(world, others):
    """When a stolen token is found out, the thief's access token dies with the session."""
    # RF-04
    other = others()
    world.register()
    first = world.login()
    thief = world.refresh(world.refresh(first.refresh_token).refresh_token)
    assert not refused(other, thief)
    world.now += 60
    assert isinstance(world.refresh(first.refresh_token), RefreshReusedError)
    assert refused(world.auth, thief)
    until(lambda: refused(other, thief))


def test_a_refused_refresh_revokes_everywhere(world, others):
    """A cut-off that is only in the database is heard with the first refresh that meets it."""
    # F-18
    other = others()
    world.register()
    grant = world.login()
    assert not refused(other, grant)
    world.now += 5
    cut_off(world)
    assert isinstance(world.refresh(grant.refresh_token), SessionRevokedError)
    assert refused(world.auth, grant)
    until(lambda: refused(other, grant))


def test_a_flushed_redis_revives_nothing(world, others):
    """Who knew still knows; who comes after reads the database."""
    # F-07
    here = others()
    world.register()
    grant = world.login()
    assert not refused(here, grant)
    world.auth.logout(grant.refresh_token.reveal())
    until(lambda: refused(here, grant))
    flush(world)
    assert refused(here, grant)
    assert refused(others(), grant)


@pytest.mark.parametrize("column", ["sessions_valid_after", "disabled_at"])
def test_what_the_database_alone_knows_counts(world, others, column):
    """A process that died between its writes left a cut-off: a new process refuses what it means."""
    # F-18
    world.register()
    grant = world.login()
    cut_off(world, column)
    assert refused(others(), grant)


def test_a_deleted_user_stays_cut_off(world, others):
    """The record outlives the user and the Redis."""
    # RF-11
    user = world.register()
    grant = world.login()
    world.auth.revocations.revoke_user(user.user_id, before=world.now + 1)
    world.stores.database.query("DELETE FROM users")
    flush(world)
    assert refused(others(), grant)


def test_a_feed_that_is_down_fails_the_logout(world, monkeypatch):
    """The client hears 503 and tries again; the session is over, and here the token is dead."""
    world.register()
    grant = world.login()

    def down(_recorded):
        raise StoreUnavailableError("feed")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.feed), "publish", lambda _self, one: down(one))
        with pytest.raises(StoreUnavailableError):
            world.auth.logout(grant.refresh_token.reveal())
    assert refused(world.auth, grant)
    assert isinstance(world.refresh(grant.refresh_token), SessionRevokedError)
    world.auth.logout(grant.refresh_token.reveal())
    recorded = [one for page in world.stores.ledger.since(0) for one in page]
    assert grant.session_id in {getattr(one.revocation, "session_id", None) for one in recorded}


def test_always_asks_the_stores(world, others):
    """What is over is refused at once: a logout, a tombstone, a cut-off, a mark, a deleted user."""
    # RF-16
    careful = others(revocation_check="always")
    world.register()
    grants = [world.login() for _ in range(3)]
    assert [refused(careful, grant) for grant in grants] == [False] * 3
    world.auth.logout(grants[0].refresh_token.reveal())
    world.stores.sessions.end(grants[1].session_id, "disabled")
    assert [refused(careful, grant) for grant in grants] == [True, True, False]
    cut_off(world)
    assert refused(careful, grants[2])


@pytest.mark.parametrize("statement", ["UPDATE auth_accounts SET disabled_at = 1", "DELETE FROM users"])
def test_always_asks_for_the_user(world, others, statement):
    """A disabled or deleted user has no valid token."""
    # RF-16
    world.register()
    grant = world.login()
    world.stores.database.query(statement)
    assert refused(others(revocation_check="always"), grant)


def test_always_judges_tokens_of_every_kind(world, others):
    """Without a session the user decides; a session or user of somebody else's making is none."""
    # RF-16
    careful = others(revocation_check="always")
    user = world.register()
    issue = world.auth.tokens.issue
    careful.claims_of(issue(subject=user.user_id))
    for facts in ({"subject": "a service"}, {"subject": user.user_id, "session_id": "5e55"}):
        with pytest.raises(TokenInvalidError):
            careful.claims_of(issue(**facts))


def test_off_asks_nobody(world, others):
    """A token is good until it expires."""
    careless = others(revocation_check="off")
    world.register()
    grant = world.login()
    world.auth.logout(grant.refresh_token.reveal())
    assert not refused(careless, grant)


def test_strict_refuses_what_nobody_knows(world, others, monkeypatch):
    """Before the feed has answered, and when it falls silent."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.0)
    careful = others(revocation_policy="strict", revocation_max_silence_seconds=1)
    world.register()
    grant = world.login()
    monkeypatch.setattr(careful.revocations.reader, "start", lambda: None)
    with pytest.raises(StoreUnavailableError):
        careful.claims_of(grant.access_token)


def test_health_names_the_check(world):
    """An operator sees which check is on and how stale it is."""
    world.auth.revocations.start()
    health = world.auth.health()["revocations"]
    assert (health["check"], health["is_silent"], health["revoked"]) == ("feed", False, 0)
