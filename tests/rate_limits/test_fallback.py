"""The store is down: each process counts for itself, and says so (RL-6)."""

from __future__ import annotations

import signal
from contextlib import closing

import pytest

from jwt_auth_core.database.circuits.redis import circuit_of
from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import QueryError, StoreUnavailableError
from jwt_auth_core.rate_limits import FallbackLimits, MemoryLimits, Rule, Take, parse_rates
from jwt_auth_core.rate_limits.redis import RedisLimits
from jwt_auth_core.rate_limits.sql import SqlLimits
from tests.keys.made import wait_for

LOGIN = Rule("login", parse_rates("10/day"))
TAKE = [Take(LOGIN, "key")]


class Clock:
    """A monotonic clock that tests move."""

    now = 100.0

    def __call__(self):
        return self.now


class Store(MemoryLimits):
    """A store that is down when a test says so."""

    error = None
    calls = 0

    def _fails(self):
        self.calls += 1
        if self.error:
            raise self.error

    def take(self, takes, *, now=None):
        self._fails()
        return super().take(takes, now=now)

    def give_back(self, taken, *, now=None):
        self._fails()
        super().give_back(taken, now=now)

    def forget(self, takes):
        self._fails()
        super().forget(takes)


@pytest.fixture
def store():
    """Return the store of all."""
    return Store()


@pytest.fixture
def clock():
    """Return the clock."""
    return Clock()


@pytest.fixture
def limits(store, clock):
    """Return what the edge asks."""
    return FallbackLimits(store, monotonic=clock)


def gone(limits, times):
    """Return how many of so many takes go."""
    return sum(limits.take(TAKE)[0].allowed for _ in range(times))


@pytest.mark.parametrize("error", [StoreUnavailableError("redis"), QueryError("no such table")])
def test_a_store_that_is_down_leaves_limits(limits, store, error, caplog):
    """Ten go, whatever the store's trouble; it is logged once, with its return."""
    store.error = error
    assert gone(limits, 50) == 10
    assert limits.health() == {"shared": False, "down_seconds": 0}
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_what_nothing_limits_asks_nobody(limits, store):
    """A rule that is off says nothing of the store, which is down still."""
    store.error = StoreUnavailableError("redis")
    gone(limits, 1)
    store.error = None
    assert limits.take([Take(Rule("off", ()), "key")]) == limits.take([]) == []
    assert limits.health()["shared"] is False


def test_a_silent_store_is_asked_once_a_second(limits, store, clock):
    """Nobody else waits for it."""
    store.error = StoreUnavailableError("redis")
    gone(limits, 50)
    assert store.calls == 1
    clock.now += 1
    gone(limits, 50)
    assert store.calls == 2


def test_it_goes_back_to_the_store(limits, store, clock, caplog):
    """As soon as that answers, and what was counted there before is counted still."""
    assert gone(limits, 4) == 4
    store.error = StoreUnavailableError("redis")
    assert gone(limits, 20) == 10
    store.error = None
    clock.now += 1
    assert gone(limits, 20) == 6
    assert limits.health() == {"shared": True, "down_seconds": None}
    assert caplog.records[-1].getMessage() == "the store of the limits answers again"


def test_each_take_is_given_back_where_it_was_taken(limits, store, clock):
    """What this process counted alone is no business of the store, nor the other way round."""
    (shared,) = limits.take(TAKE)
    store.error = StoreUnavailableError("redis")
    (local,) = limits.take(TAKE)
    limits.give_back([local.taken])
    assert gone(limits, 20) == 10
    clock.now += 1
    limits.give_back([shared.taken])
    store.error = None
    clock.now += 1
    limits.give_back([shared.taken])
    assert gone(limits, 20) == 10


def test_whoever_resets_is_told(limits, store):
    """That the store did not answer; here it was reset all the same."""
    store.error = StoreUnavailableError("redis")
    gone(limits, 10)
    with pytest.raises(StoreUnavailableError):
        limits.forget(TAKE)
    assert gone(limits, 20) == 10
    limits.close()


def test_a_database_without_the_table_leaves_limits():
    """Before ``jwt-auth migrate`` has run."""
    with closing(SqliteDatabase(":memory:")) as database, closing(SqlLimits(database)) as store:
        assert gone(FallbackLimits(store), 50) == 10


@pytest.mark.servers
@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP])
def test_a_real_server_stops_and_comes_back(own_valkey, harm, clock):
    """Killed or silent: ten go, at the cost of one time-out; then the server's own count again."""
    client = connect(own_valkey.url, timeout_seconds=0.5)
    limits = FallbackLimits(RedisLimits(client), monotonic=clock)
    assert gone(limits, 3) == 3
    own_valkey.send(harm)
    assert gone(limits, 50) == 10
    assert limits.health()["shared"] is False
    if harm == signal.SIGKILL:
        own_valkey.kill()
        own_valkey.start()
    else:
        own_valkey.send(signal.SIGCONT)
    wait_for(lambda: not circuit_of(client).is_open)
    clock.now += 1
    # A killed server may have lost some of its last second; a silent one goes on with what had no answer.
    assert gone(limits, 50) in (range(7, 11) if harm == signal.SIGKILL else {6})
    assert limits.health()["shared"] is True
    client.close()
