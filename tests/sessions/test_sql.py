"""What is special about the stores in a database: rounds, locks, time, purging, failures."""

import time
from dataclasses import replace
from threading import Thread

import pytest

from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import MissingTableError, StoreUnavailableError
from jwt_auth_core.rate_limits.rate import parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.sessions import sql
from jwt_auth_core.sessions.session import Verdict
from jwt_auth_core.sessions.sql import PURGE_EVERY, PURGE_WINDOW, SqlSessions
from jwt_auth_core.sessions.statements import SWAPPED_AT_ONCE
from tests.contracts.rigs import IDLE, LIFETIMES, START, SqlRig, child, fresh, promoted
from tests.contracts.stores import rigged
from tests.sessions.test_redis_secrets import lived, spellings

OK = Verdict.OK
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.servers)]
COUNT = "SELECT count(*) AS n FROM auth_sessions"


@pytest.fixture(params=DATABASES)
def rig(request, tmp_path):
    """Return a store on each database."""
    with rigged(request.param, request, tmp_path) as made:
        yield made


def count(rig):
    """Return how many rows there are."""
    return rig.database.query(COUNT, fetch="one")["n"]


class Counting:
    """A database that counts its statements."""

    def __init__(self, database):
        self.database, self.dialect, self.statements = database, database.dialect, 0

    def running(self, *arguments):
        """Count and pass on."""
        self.statements += 1
        return self.database.running(*arguments)

    def query(self, *arguments, **shape):
        """Count and pass on."""
        self.statements += 1
        return self.database.query(*arguments, **shape)


def test_an_opening_is_one_statement(rig):
    """What was written comes back with it, and need not be read."""
    counting = Counting(rig.database)
    new, presented = rig.new()
    session = SqlSessions(counting, **LIFETIMES, clock=rig.clock).open(new)
    assert counting.statements == 1
    assert rig.find(presented) == session


def test_a_batch_is_two_statements(rig):
    """However many tokens are in it: one read, one write, and no transaction around them."""
    tokens = [promoted(rig) for _ in range(64)]
    counting = Counting(rig.database)
    store = SqlSessions(counting, **LIFETIMES, clock=rig.clock)
    assert {one.verdict for one in store.rotate([child(one) for one in tokens])} == {OK}
    assert counting.statements == 2


def test_a_batch_may_have_any_size(rig):
    """What SQLite takes at once is filled up to a power of two, and of more there are several."""
    for size in (3, SWAPPED_AT_ONCE + 5):
        tokens = [child(rig.open()) for _ in range(size)]
        assert rig.rotate(*tokens) == [OK] * size
        assert {rig.lineage(one.session_id).generation for one in tokens} == {1}


def test_counts_are_no_reason_to_judge_again(rig):
    """A session with counts is exchanged by two statements as well."""
    limit = RecordLimit(Rule("refresh", parse_rates("10/minute;100/day")))
    counting = Counting(rig.database)
    store = SqlSessions(counting, **LIFETIMES, clock=rig.clock, limit=limit)
    first = child(promoted(rig))
    assert [store.rotate([one])[0].verdict for one in (first, child(first))] == [OK, OK]
    assert counting.statements == 4


def test_refusals_write_nothing(rig):
    """Where nothing changes nothing is written."""
    tokens = [promoted(rig) for _ in range(3)]
    counting = Counting(rig.database)
    rig.rotate(*tokens)
    SqlSessions(counting, **LIFETIMES, clock=rig.clock).rotate(tokens)
    assert counting.statements == 1


def test_the_databases_time_counts(rig):
    """Without a clock of our own, sessions live by the database's."""
    # F-22
    store = SqlSessions(rig.database, **LIFETIMES)
    new, first = fresh()
    session = store.open(new)
    assert abs(session.created_at - time.time()) < 5
    (rotation,) = store.rotate([first])
    assert rotation.life == store.find(new.session_id).life
    store.end(new.session_id, "logout")
    assert store.find(new.session_id) is None


def crowd(rig, **changes):
    """Put one more than a window of rows in the table, and one that lives."""
    living = promoted(rig)
    saved = rig.save(living.session_id)
    for number in range(PURGE_WINDOW + 1):
        name = f"{number + 1:032x}"
        rig.restore(name, {**saved, "session_id": name, **changes})
    return living


def open_a_few(rig):
    """Open as many sessions as lie between two looks; the last look begins at the table's start."""
    for _ in range(PURGE_EVERY - 2):  # one was opened for the crowd
        rig.open()
    new, _ = fresh()
    rig.store.open(replace(new, session_id="0" * 32))


OVER = [
    {"last_used_at": START - IDLE},
    {"ends_at": START},
    {"ends_at": START, "ended_reason": "logout", "ended_at": 1},
]
KEPT = [{"last_used_at": START - IDLE + 1}, {"ended_reason": "logout", "last_used_at": START - IDLE}]


@pytest.mark.parametrize("over", OVER, ids=["idle", "ended by itself", "old tombstone"])
def test_what_is_over_is_purged_in_steps(rig, over):
    """One look removes at most a window of what is over, and nothing that lives."""
    living = crowd(rig, **over)
    open_a_few(rig)
    assert count(rig) == 1 + 1 + PURGE_EVERY - 1
    assert rig.rotate(living) == [OK]


@pytest.mark.parametrize("kept", KEPT, ids=["lives", "tombstone"])
def test_what_counts_is_not_purged(rig, kept):
    """The living stay to the last second, and tombstones beyond the idle limit."""
    # RF-06
    crowd(rig, **kept)
    open_a_few(rig)
    assert count(rig) == 1 + PURGE_WINDOW + 1 + PURGE_EVERY - 1


def test_expired_rows_go_when_they_are_seen(rig):
    """A token of an idle session removes its row."""
    first = rig.open()
    rig.clock.now += IDLE
    assert rig.rotate(first) == [Verdict.EXPIRED]
    assert count(rig) == 0


def test_crossing_batches_wait_for_each_other(rig):
    """Batches over the same sessions in opposite orders never block each other for good."""
    tokens = [promoted(rig) for _ in range(40)]
    told = []

    def refresh(order):
        told.extend(one.verdict for _ in range(10) for one in rig.store.rotate(order))

    threads = [Thread(target=refresh, args=(tokens[::step],)) for step in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == [OK] * 1600


def test_a_failing_database_hands_nothing_out(rig, monkeypatch):
    """When the write fails, nothing is answered and nothing has changed (I10)."""
    # F-18
    token = promoted(rig)
    before = rig.lineage(token.session_id)
    broken = "SELECT no_such_column FROM auth_sessions"
    monkeypatch.setattr(rig.store, "_sql", replace(rig.store._sql, swap=broken))
    monkeypatch.setattr(sql, "sqlite_swap", lambda _size: broken)
    with pytest.raises(Exception, match=r"column|placeholders"):
        rig.rotate(child(token))
    monkeypatch.undo()
    assert rig.lineage(token.session_id) == before
    assert rig.rotate(child(token)) == [OK]


def test_a_closed_database_is_unavailable(tmp_path):
    """Every call says that the store does not answer."""
    database = SqliteDatabase(tmp_path / "x.sqlite3")
    store = SqlSessions(database, **LIFETIMES)
    with pytest.raises(MissingTableError, match="jwt-auth migrate"):
        store.check()
    database.close()
    new, first = fresh()
    for call in (
        store.check,
        lambda: store.open(new),
        lambda: store.rotate([first]),
        lambda: store.find(first.session_id),
        lambda: store.end(first.session_id, "logout"),
    ):
        with pytest.raises(StoreUnavailableError):
            call()


def test_a_row_that_vanishes_is_no_session(rig, monkeypatch):
    """A session that was written and is gone when it is asked for again is an outage, not a login."""
    new, _ = rig.new()
    rig.store.open(new)
    monkeypatch.setattr(rig.store, "_read", lambda _: (None, 0))
    with pytest.raises(StoreUnavailableError, match="lost a session"):
        rig.store.open(new)


def test_the_table_never_holds_a_token(tmp_path):
    """Neither the rows nor the file hold a token or anything it is made of."""
    # RF-07
    with rigged("sqlite", None, tmp_path) as rig:
        assert isinstance(rig, SqlRig)
        minted = lived(rig.store)
        places = [repr(rig.save(row["session_id"])).encode() for row in rows(rig)]
        places += [path.read_bytes() for path in tmp_path.iterdir()]
    for spelling in (spelling for one in minted for spelling in spellings(one)):
        assert not any(spelling in place for place in places)


def rows(rig):
    """Return every row."""
    return rig.database.query("SELECT * FROM auth_sessions", fetch="all")
