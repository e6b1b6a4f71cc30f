"""Plans that PostgreSQL keeps: a look-up is planned once a connection, and never at the cost of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from jwt_auth_core.database.connections.plans import Plans
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.statement import scan
from jwt_auth_core.errors import InvalidValueError, QueryError
from jwt_auth_core.steps import run
from tests.keys.made import wait_for

ASKED = "SELECT a, b FROM t WHERE a = %s AND b LIKE '%%o%%'"
KEPT = "SELECT name FROM pg_prepared_statements"
LOCK = "SELECT a FROM t WHERE a = %s FOR UPDATE"
WAITS_FOR_THE_DISK = "SELECT current_setting('synchronous_commit')"


def test_a_statement_is_prepared_once_under_a_name_of_its_text():
    """The first message prepares and executes, the next executes; other texts have other names."""
    plans, text = Plans(), "SELECT %s::int, '50%%', %s::text"
    first = plans.message(text)
    plans.keep(text)
    prepare, _, execute = first.partition("; ")
    assert prepare.endswith(" AS SELECT $1::int, '50%%', $2::text")
    assert plans.message(text) == execute
    assert execute.endswith("(%s, %s)")
    assert plans.message("SELECT 1").endswith(plans.message("SELECT 1").split()[1])


@pytest.fixture
def db(postgres_url) -> Iterator[PostgresDatabase]:
    """Return a database of one connection with a row in a table."""
    database = PostgresDatabase(postgres_url, pool_size=1, wait_seconds=0.05)
    database.query("CREATE TABLE t (a bigint PRIMARY KEY, b text)")
    database.query("INSERT INTO t VALUES (7, 'one')")
    yield database
    database.close()


@pytest.mark.servers
def test_a_look_up_is_planned_once(db):
    """In a thread and in steps alike, the connection has one plan of it."""
    found = [db.planned(ASKED, (7,)).rows, run(db.running(scan(ASKED, "postgres"), (7,))).rows]
    assert found == [[(7, "one")], [(7, "one")]]
    assert len(db.query(KEPT, fetch="all")) == 1


@pytest.mark.servers
@pytest.mark.parametrize(
    "meanwhile", ["DEALLOCATE ALL", "DISCARD ALL", "ALTER TABLE t ALTER COLUMN b TYPE varchar(9)"]
)
def test_a_plan_that_is_gone_or_out_of_date_costs_no_answer(db, meanwhile):
    """Whoever shares the session, or changes the table, is none of the caller's business."""
    db.planned(ASKED, (7,))
    connection = db.pool.take()
    connection.execute(meanwhile)
    db.pool.give(connection)
    assert [db.planned(ASKED, (7,)).rows for _ in range(2)] == [[(7, "one")]] * 2


@pytest.mark.servers
def test_a_plan_that_another_has_made_costs_no_answer(db):
    """As behind a pooler that shares sessions out and that nobody could tell."""
    db.planned(ASKED, (7,))
    (connection,) = db.pool.stats().idle
    connection._plans = Plans()
    assert db.planned(ASKED, (7,)).rows == [(7, "one")]


@pytest.mark.servers
def test_in_a_transaction_nothing_is_planned(db):
    """There a statement that fails would take the transaction along."""
    with db.transaction():
        db.query("INSERT INTO t VALUES (8, 'two')")
        assert db.planned(ASKED, (8,)).rows == [(8, "two")]
    assert db.query(KEPT, fetch="all") == []


@pytest.mark.servers
@pytest.mark.parametrize(
    ("sql", "values", "error"), [(ASKED, ("x",), InvalidValueError), ("SELECT 1/0", (), QueryError)]
)
def test_a_refused_look_up_is_refused_as_ever(db, sql, values, error):
    """The error is the statement's, and the connection is there for the next."""
    for _ in range(2):
        with pytest.raises(error):
            db.planned(sql, values)
    assert db.planned(ASKED, (7,)).rows == [(7, "one")]


@pytest.mark.servers
def test_a_victim_of_a_conflict_is_looked_up_again(db, monkeypatch):
    """What the database chose as a conflict's victim is repeated."""
    (connection,) = db.pool.stats().idle
    kind, conflicts = type(connection), [QueryError("lost a conflict")]
    planned = kind.planned

    def conflicting(*given, **named):
        if conflicts:
            raise conflicts.pop()
        return planned(*given, **named)

    monkeypatch.setattr(kind, "planned", conflicting)
    monkeypatch.setattr(kind, "may_repeat", lambda *_: True)
    assert db.planned(ASKED, (7,)).rows == [(7, "one")]


@pytest.mark.servers
def test_what_a_later_change_keeps_does_not_wait_for_the_disk(db):
    """The statement's own transaction does not, and no other does so less."""
    assert db.ahead(WAITS_FOR_THE_DISK).rows == [("off",)]
    assert db.ahead("INSERT INTO t VALUES (%s, 'two')", (8,)).count == 1
    assert db.query("SELECT a FROM t WHERE a = 8", fetch="all")
    assert db.planned(WAITS_FOR_THE_DISK).rows == [("on",)]
    with db.transaction():
        assert db.ahead(WAITS_FOR_THE_DISK).rows == [("on",)]


@pytest.mark.servers
def test_a_look_up_behind_a_lock_finds_what_its_holder_left(db, postgres_url):
    """Also of what the lock is not on; the lock is gone with the answer."""
    other = PostgresDatabase(postgres_url)
    with ThreadPoolExecutor(1) as threads, closing(other):
        with other.transaction():
            other.query(LOCK, (7,), fetch="one")
            found = threads.submit(db.behind, LOCK, (7,), "SELECT a FROM t WHERE a > %s", (6,))
            wait_for(lambda: other.query("SELECT 1 FROM pg_locks WHERE NOT granted", fetch="one"))
            other.query("INSERT INTO t VALUES (9, 'meanwhile')")
        assert found.result().rows == [(7,), (9,)]
        assert other.query(f"{LOCK} SKIP LOCKED", (7,), fetch="one")


@pytest.mark.servers
def test_in_a_transaction_a_look_up_behind_a_lock_holds_it(db):
    """As any other lock of the transaction; nothing is planned there."""
    with db.transaction():
        assert db.behind(LOCK, (7,), ASKED, (7,)).rows == [(7, "one")]
    assert db.query(KEPT, fetch="all") == []


@pytest.mark.servers
def test_a_victim_of_a_conflict_waits_for_the_lock_again(db, monkeypatch):
    """What goes before a look-up goes before its repetition."""
    (connection,) = db.pool.stats().idle

    def conflicting(*_given, **_named):
        raise QueryError("lost a conflict")

    monkeypatch.setattr(type(connection), "planned", conflicting)
    monkeypatch.setattr(type(connection), "may_repeat", lambda *_: True)
    assert db.behind(LOCK, (7,), WAITS_FOR_THE_DISK).rows == [("off",)]
