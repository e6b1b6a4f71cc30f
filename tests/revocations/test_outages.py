"""A revocation is never lost by a feed that was disconnected while it happened."""

from __future__ import annotations

import signal
from urllib.parse import urlsplit

import pytest
import redis

from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations import Revocations
from jwt_auth_core.revocations.redis import STREAM, RedisFeed
from jwt_auth_core.revocations.sql import SqlLedger
from tests.revocations.parts import OTHER, SID, TTL, HeldClock, claims, until
from tests.servers.proxy import cutting

pytestmark = pytest.mark.servers

KEEP = TTL + 120


class Fleet:
    """Two processes' revocations on one Redis and one database; ``far`` reaches both through proxies."""

    def __init__(self, valkey, proxy, path, **options):
        self.valkey, self.proxy, self.path = valkey, proxy, path
        self.databases, self.clients = [], []
        self.near = self.join(valkey.port)
        self.far = self.join(proxy.port, **options)

    def join(self, port, **options):
        """Return the revocations of one more process."""
        database = SqliteDatabase(self.path, wait_seconds=0.2)
        migrate(database)
        url = f"redis://127.0.0.1:{port}/0?socket_timeout=0.4&socket_connect_timeout=0.4"
        client, waiting = connect(url), connect(url)
        ledger = SqlLedger(database, keep_seconds=KEEP)
        feed = RedisFeed(client, waiting=waiting, ledger=ledger, keep_seconds=KEEP)
        self.databases.append(database)
        self.clients += [client, waiting]
        made = Revocations(feed, ledger, clock=HeldClock(), token_seconds=TTL, **options)
        made.start()
        return made

    def cut(self):
        """Cut the far process off, and wait until it has noticed."""
        self.proxy.request = self.proxy.reply = cutting
        until(lambda: self.far.reader.follower.is_in_doubt)

    def admin(self):
        """Return an operator's client."""
        return redis.Redis.from_url(self.valkey.url)

    def close(self):
        """Close everything."""
        for one in (self.near, self.far, *self.databases, *self.clients):
            one.close()


@pytest.fixture
def fleet(own_valkey, proxy_to, tmp_path):
    """Return what makes a fleet."""
    made = []

    def make(**options):
        made.append(Fleet(own_valkey, proxy_to(own_valkey.port), tmp_path / "fleet.sqlite3", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_it_hears_when_it_is_back(fleet):
    """The stream waits for a reader that was away."""
    here = fleet()
    here.cut()
    here.near.revoke_session(SID)
    assert not here.far.is_revoked(claims())
    here.proxy.heal()
    until(lambda: here.far.is_revoked(claims()))


def test_it_hears_though_redis_was_flushed(fleet):
    """What happened while it was away and is in Redis no more is in the database."""
    # F-07
    here = fleet()
    here.cut()
    here.near.revoke_session(SID)
    with here.admin() as client:
        client.flushall()
    here.proxy.heal()
    until(lambda: here.far.is_revoked(claims()))


def test_it_hears_though_redis_came_back_older(fleet):
    """A Redis that restarted without its last writes costs nobody a revocation."""
    # F-05 F-06
    here = fleet()
    here.cut()
    here.near.revoke_session(SID)
    here.valkey.kill()
    for path in (here.valkey.directory / "appendonlydir").iterdir():
        path.unlink()
    (here.valkey.directory / "appendonlydir").rmdir()
    here.valkey.start()
    here.proxy.heal()
    until(lambda: here.far.is_revoked(claims()))
    here.near.revoke_session(OTHER)
    until(lambda: here.far.is_revoked(claims(session_id=OTHER)))


def test_a_flush_under_its_eyes_changes_nothing(fleet):
    """A reader that is connected notices the loss, keeps what it knew, and follows what comes."""
    # F-07
    here = fleet()
    here.near.revoke_session(SID)
    until(lambda: here.far.is_revoked(claims()))
    with here.admin() as client:
        client.flushall()
        until(lambda: client.exists(STREAM))
    assert here.far.is_revoked(claims())
    here.near.revoke_session(OTHER)
    until(lambda: here.far.is_revoked(claims(session_id=OTHER)))


def test_without_the_database_it_stays_in_doubt(fleet):
    """After a loss nothing counts as complete until the database was read."""
    here = fleet(policy="strict", max_silence_seconds=0.3)
    here.far.check(claims())
    here.cut()
    here.near.revoke_session(SID)
    with here.admin() as client:
        client.flushall()
    table = "ALTER TABLE auth_revocations RENAME TO hidden"
    here.databases[0].query(table)
    here.proxy.heal()
    until(lambda: here.far.health()["is_silent"])
    with pytest.raises(StoreUnavailableError):
        here.far.check(claims(session_id=OTHER))
    here.databases[0].query("ALTER TABLE hidden RENAME TO auth_revocations")
    until(lambda: here.far.is_revoked(claims()))
    until(lambda: not here.far.health()["is_silent"])
    here.far.check(claims(session_id=OTHER))


@pytest.mark.parametrize("policy", ["stateless", "strict"])
def test_a_redis_that_hangs(fleet, policy):
    """Known revocations hold; the rest is as the policy says, until it moves again."""
    here = fleet(policy=policy, max_silence_seconds=0.5)
    here.near.revoke_session(SID)
    until(lambda: here.far.is_revoked(claims()))
    here.valkey.send(signal.SIGSTOP)
    until(lambda: here.far.health()["is_silent"])
    assert here.far.is_revoked(claims())
    if policy == "strict":
        with pytest.raises(StoreUnavailableError):
            here.far.check(claims(session_id=OTHER))
    else:
        here.far.check(claims(session_id=OTHER))
    here.valkey.send(signal.SIGCONT)
    until(lambda: not here.far.health()["is_silent"])
    here.far.check(claims(session_id=OTHER))


def test_what_redis_did_not_take_is_published_when_it_is_back(fleet):
    """The one who revokes hears of the failure; the others hear of the revocation all the same."""
    here = fleet()
    here.valkey.kill()
    with pytest.raises(StoreUnavailableError):
        here.near.revoke_session(SID)
    here.valkey.start()
    until(lambda: here.far.is_revoked(claims()))
    with here.admin() as client:
        until(lambda: any(b"session" in fields for _, fields in client.xrange(STREAM)))


def test_the_proxy_is_on_the_way(fleet):
    """These tests cut what they mean to cut."""
    here = fleet()
    assert urlsplit(here.valkey.url).port != here.proxy.port
    assert here.proxy.connections >= 1
