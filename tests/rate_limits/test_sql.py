"""Limits in a database: what it forgets, and who waits for whom."""

from __future__ import annotations

import contextlib
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.rate_limits import Backoff, Rate, Rule, Take, parse_rates
from jwt_auth_core.rate_limits import sql as module
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.sql import SqlLimits
from tests.databases import SHARED, opened

SECOND = 1_800_000_000
NOW = SECOND * MICROSECONDS
LOGIN = Rule("login", parse_rates("10/minute"), group="login")
BUSY = [Rule(f"busy-{number}", parse_rates("1000000/day"), group="login") for number in range(5)]


@pytest.fixture(scope="module", params=SHARED)
def database(request, tmp_path_factory):
    """Return a database with our tables."""
    with opened(request.param, request, tmp_path_factory.mktemp("limits")) as made:
        migrate(made)
        yield made


@pytest.fixture
def store(database):
    """Return an empty store."""
    database.query("DELETE FROM auth_rate_limits")
    made = SqlLimits(database)
    yield made
    made.close()


def rows(database):
    """Return how many rows there are."""
    return database.query("SELECT count(*) AS n FROM auth_rate_limits", fetch="one")["n"]


def test_what_is_full_again_is_forgotten(store, database, monkeypatch):
    """Two minutes later at the latest, all of it, a few at a time; not a moment too soon."""
    monkeypatch.setattr(module, "FORGOTTEN_AT_ONCE", 2)
    for number in range(5):
        store.take([Take(LOGIN, f"key{number}", 10)], now=NOW)
    store.forget_old(now_seconds=SECOND + 60)
    assert rows(database) == 5
    store.forget_old(now_seconds=SECOND + 120)
    assert rows(database) == 0


def test_strikes_are_kept_for_a_day(store, database):
    """And after that they are forgotten, too."""
    store.take([Take(Rule("account", [Rate(1, 60, Backoff(60, 3600))]), "key")], now=NOW)
    store.forget_old(now_seconds=SECOND + 86_400)
    assert rows(database) == 1
    store.forget_old(now_seconds=SECOND + 86_400 + 120)
    assert rows(database) == 0


def test_what_is_in_use_is_not_forgotten(store, database):
    """By the database's own time."""
    store.take([Take(LOGIN, "key")])
    store.forget_old()
    assert rows(database) == 1


def test_who_is_refused_waits_for_nobody(store, database):
    """A bucket that is used up is read without a lock: whoever has it locked does not hold up the refusal."""
    store.take([Take(LOGIN, "key", 10)], now=NOW)
    with ThreadPoolExecutor(1) as threads, database.transaction():
        database.query("UPDATE auth_rate_limits SET strikes = strikes")
        asking = threads.submit(store.take, [Take(LOGIN, "key")], now=NOW)
        assert [verdict.allowed for verdict in asking.result(60)] == [False]


def test_a_take_holds_no_transaction(store, monkeypatch):
    """Where nobody is quicker, of new keys and of those that are there."""
    monkeypatch.setattr(store._database, "transaction", None)
    takes = [Take(LOGIN, "key"), Take(BUSY[0], "other")]
    assert {verdict.allowed for _ in range(10) for verdict in store.take(takes, now=NOW)} == {True}
    assert not store.take(takes, now=NOW)[0].allowed


@pytest.mark.parametrize(("taken", "told"), [(9, (False, 0)), (5, (True, 3)), (0, (True, 8))])
def test_who_is_overtaken_is_judged_again(tmp_path, monkeypatch, taken, told):
    """On SQLite what was read was old when it was to be written: of two who saw one left, one goes."""
    with closing(SqliteDatabase(tmp_path / "limits")) as database, closing(SqlLimits(database)) as store:
        migrate(database)
        store.take([Take(LOGIN, "key", taken)], now=NOW)
        other, look = SqlLimits(database), store._states
        waiting = [partial(other.take, [Take(LOGIN, "key")], now=NOW)]

        def states(*arguments):
            found = look(*arguments)
            if waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(store, "_states", states)
        (verdict,) = store.take([Take(LOGIN, "key")], now=NOW)
        other.close()
    assert (verdict.allowed, verdict.remaining) == told


def test_requests_wait_in_no_circle(store):
    """The same buckets in other orders, in eight threads: all of them go, none is chosen as a victim."""
    gone = []

    def work(seed):
        order = random.Random(seed)  # noqa: S311 - an order, no secret
        for _ in range(10):
            takes = [Take(rule, "key") for rule in order.sample(BUSY, len(BUSY))]
            verdicts = store.take(takes)
            store.give_back([verdict.taken for verdict in verdicts[::2]])
            gone.append(all(verdict.allowed for verdict in verdicts))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert gone == [True] * 80


def test_what_the_caller_undoes_was_counted(store, database):
    """Whoever counts a guess in a transaction, and undoes that because it was wrong, has counted it."""
    with contextlib.suppress(LookupError), database.transaction():
        store.take([Take(LOGIN, "key")], now=NOW)
        raise LookupError
    left = 10 if database.dialect == "sqlite" else 9  # there one writer has all, and is documented
    assert store.take([Take(LOGIN, "key", 0)], now=NOW)[0].remaining == left
    (verdict,) = store.take([Take(LOGIN, "another")], now=NOW)
    with contextlib.suppress(LookupError), database.transaction():
        store.give_back([verdict.taken], now=NOW)
        raise LookupError
    assert store.take([Take(LOGIN, "another", 0)], now=NOW)[0].remaining == 19 - left


def test_its_thread_ends(database):
    """With the store that it works for."""
    store = SqlLimits(database)
    store.take([Take(LOGIN, "key")])
    thread = store._repeating._thread
    assert thread.name == "jwt-auth-limits"
    store.close()
    thread.join(60)
    assert not thread.is_alive()
