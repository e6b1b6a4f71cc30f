"""Limits in PostgreSQL: one trip a request, exact under locks, whatever else happens to the rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from jwt_auth_core.database.connections.postgres import PostgresConnection
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.rate_limits import Backoff, Rate, Rule, Take, parse_rates
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.sql import SqlLimits
from jwt_auth_core.rate_limits.statements import TAKE
from tests.end_to_end.serving import until
from tests.servers import postgres
from tests.servers.pooler import pgbouncer, pgbouncer_binary

pytestmark = pytest.mark.servers

NOW = 1_800_000_000 * MICROSECONDS
MINUTE = 60 * MICROSECONDS
LOGIN = Rule("login", parse_rates("10/minute"), group="login")
OTHER = Rule("other", parse_rates("5/minute;9/hour"), group="login")
ACCOUNT = Rule("account", [Rate(2, 300, Backoff(60, 3600))], group="login")
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"
REAL = pytest.mark.skipif(pgbouncer_binary() is None, reason="there is no pgbouncer on this machine")


@pytest.fixture(scope="module")
def url(postgres_server) -> Iterator[str]:
    """Return a database with our tables."""
    with postgres.database(postgres_server) as url, closing(PostgresDatabase(url)) as made:
        migrate(made)
        yield url


@pytest.fixture
def database(url) -> Iterator[PostgresDatabase]:
    """Return it without a row."""
    with closing(PostgresDatabase(url)) as made:
        made.query("DELETE FROM auth_rate_limits")
        yield made


@pytest.fixture
def store(database) -> Iterator[SqlLimits]:
    """Return an empty store."""
    with closing(SqlLimits(database)) as made:
        yield made


def goes(verdicts):
    """Return whether a request goes."""
    return all(verdict.allowed for verdict in verdicts)


def left(store, *rules):
    """Return what remains of the key."""
    return [one.remaining for one in store.take([Take(rule, "key", 0) for rule in rules], now=NOW)]


@contextmanager
def counted(monkeypatch):
    """Yield the messages that this thread sends."""
    sent, executing, here = [], PostgresConnection.executing, threading.current_thread()

    def noted(self, text, values=()):
        if threading.current_thread() is here:
            sent.append(text)
        return executing(self, text, values)

    with monkeypatch.context() as patch:
        patch.setattr(PostgresConnection, "executing", noted)
        yield sent


def asked_while(store, database, takes, change):
    """Ask while somebody else's transaction holds the rows; return what is said once that is over."""
    with ThreadPoolExecutor(1) as threads:
        with database.transaction():
            change()
            asking = threads.submit(store.take, takes, now=NOW)
            until(lambda: database.query(WAITING) > 0 or asking.done())
            assert not asking.done()
        return asking.result(60)


@pytest.mark.parametrize("way", ["direct", pytest.param("pgbouncer", marks=REAL)])
def test_a_request_is_one_trip(url, way, monkeypatch):
    """Of several rules: with new keys, with known ones, when it is refused, and behind a pooler."""
    takes = [Take(rule, way) for rule in (OTHER, ACCOUNT, LOGIN)]
    with pgbouncer(url) if way == "pgbouncer" else closing(PostgresDatabase(url)) as found:
        there = found if isinstance(found, str) else url
        with closing(PostgresDatabase(there)) as database, closing(SqlLimits(database)) as store:
            store.take([Take(LOGIN, "first")])
            with counted(monkeypatch) as sent:
                gone = [goes(store.take(takes)) for _ in range(3)]
    assert (gone, len(sent)) == ([True, True, False], 3)


@pytest.mark.parametrize(("before", "said"), [(9, (False, 0)), (8, (True, 0)), (0, (True, 8))])
def test_who_waited_is_judged_by_what_is_there_then(store, database, before, said):
    """What was seen at first was old when the lock was there: of two who saw one left, one goes."""
    store.take([Take(LOGIN, "key", before)], now=NOW)

    def take():
        values = (LOGIN.buckets("key")[0], "{6000000,10,1,0,0}", NOW)
        database.query(TAKE, values)

    (verdict,) = asked_while(store, database, [Take(LOGIN, "key")], take)
    assert (verdict.allowed, verdict.remaining) == said


def test_who_is_refused_after_a_wait_has_taken_nothing(store, database):
    """Nor from a bucket that was new, and made to have something to lock."""
    takes = [Take(LOGIN, "key"), Take(ACCOUNT, "key"), Take(OTHER, "key")]
    store.take([Take(OTHER, "key", 4)], now=NOW)
    waited = asked_while(
        store,
        database,
        takes,
        lambda: database.query("UPDATE auth_rate_limits SET full_at = full_at + %s", (MINUTE,)),
    )
    assert not goes(waited)
    assert left(store, LOGIN, ACCOUNT) == [10, 2]


def test_a_row_that_is_deleted_meanwhile_is_made_anew(store, database):
    """It says nothing any more, and the take is one of a full bucket."""
    store.take([Take(LOGIN, "key", 3)], now=NOW)
    delete = "DELETE FROM auth_rate_limits"
    waited = asked_while(store, database, [Take(LOGIN, "key")], lambda: database.query(delete))
    assert [one.remaining for one in waited] == [9]
    assert left(store, LOGIN) == [9]


def test_an_answer_that_is_lost_counts_once(store, monkeypatch):
    """Nobody sends the request again; who asked is told that nobody knows."""
    store.take([Take(LOGIN, "key")], now=NOW)
    execute = PostgresConnection.execute

    def lost(self, text, values=()):
        execute(self, text, values)
        raise StoreUnavailableError("postgresql", "lost the connection")

    monkeypatch.setattr(PostgresConnection, "execute", lost)
    with pytest.raises(StoreUnavailableError):
        store.take([Take(LOGIN, "key")], now=NOW)
    monkeypatch.undo()
    assert left(store, LOGIN) == [8]


def test_a_cost_beyond_all_numbers_is_refused(store):
    """As any other above the limit."""
    assert not goes(store.take([Take(LOGIN, "key", 10**30)], now=NOW))
    assert left(store, LOGIN) == [10]


def test_waits_have_no_end_of_numbers(store):
    """The longest that there are, doubled more often than a number has bits."""
    longest = Rule("longest", [Rate(1, 1, Backoff(3660 * 86_400, 3660 * 86_400))])
    at = NOW
    for _ in range(70):
        (verdict,) = store.take([Take(longest, "key")], now=at)
        at += 3660 * 86_400 * MICROSECONDS
        assert (verdict.allowed, verdict.reset_after) == (True, 3660 * 86_400)


def test_no_plan_reads_the_whole_table(database):
    """Also one that was made when the table was empty, and said so to the planner."""
    database.query("VACUUM ANALYZE auth_rate_limits")
    with database.transaction():
        scans = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'auth_rate_limits'"
        before = database.query(scans, fetch="one")
        for number in range(12):
            database.query(TAKE, (f"key{number}", "{6000000,10,1,0,0}", NOW))
        assert database.query(scans, fetch="one") == before
