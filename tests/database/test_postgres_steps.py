"""Statements in steps: PostgreSQL asked from an event loop, which waits for the socket itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.statement import scan
from jwt_auth_core.errors import QueryError, StoreUnavailableError
from jwt_auth_core.steps import Blocking, run

pytestmark = pytest.mark.servers

ONE = scan("SELECT 1 AS one", "postgres")


@pytest.fixture
def db(postgres_url) -> Iterator[PostgresDatabase]:
    """Return an empty database behind a pool of two connections."""
    database = PostgresDatabase(postgres_url, pool_size=2, wait_seconds=0.05)
    yield database
    database.close()


def taken(steps):
    """Go through the steps; return whether one of them may block, and the rows."""
    asides, back = [], None
    try:
        while True:
            step = steps.send(back)
            asides += [step] if isinstance(step, Blocking) else []
            back = step()
    except StopIteration as done:
        return bool(asides), done.value.rows


def test_a_statement_in_steps_blocks_nobody(db):
    """The first connection is opened where it may block; then a statement only waits for its socket."""
    assert taken(db.running(ONE)) == (True, [(1,)])
    assert taken(db.running(ONE)) == (False, [(1,)])


def test_a_statement_in_steps_belongs_to_the_open_transaction(db):
    """Inside a transaction it sees what the transaction has written."""
    db.query("CREATE TABLE t (a int)")
    with db.transaction():
        db.query("INSERT INTO t VALUES (7)")
        assert taken(db.running(scan("SELECT a FROM t", "postgres"))) == (True, [(7,)])


def test_a_refused_statement_in_steps_gives_its_connection_back(db):
    """An error is ours, and the connection is there for the next."""
    db.query("SELECT 1 AS one", fetch="one")
    with pytest.raises(QueryError):
        run(db.running(scan("SELECT 1/0", "postgres")))
    assert taken(db.running(ONE)) == (False, [(1,)])


def test_a_victim_of_a_conflict_in_steps_tries_again(db, monkeypatch):
    """A statement that the database chose as a conflict's victim is repeated where it may block."""
    db.query("SELECT 1 AS one", fetch="one")
    (connection,) = db.pool.stats().idle
    kind, conflicts = type(connection), [QueryError("lost a conflict")]
    executing = kind.executing

    def conflicting(*given):
        if conflicts:
            raise conflicts.pop()
        return (yield from executing(*given))

    monkeypatch.setattr(kind, "executing", conflicting)
    with pytest.raises(QueryError):
        run(db.running(ONE))
    conflicts.append(QueryError("lost a conflict"))
    monkeypatch.setattr(kind, "may_repeat", lambda *_: True)
    assert taken(db.running(ONE)) == (True, [(1,)])


def test_who_stops_in_the_middle_of_a_statement_leaves_no_answer_behind(db):
    """The connection is closed, so that its answer meets nobody else."""  # RED-3
    db.query("SELECT 1 AS one", fetch="one")
    steps = db.running(scan("SELECT pg_sleep(0.05)", "postgres"))
    next(steps)
    steps.close()
    assert db.query("SELECT 2 AS two", fetch="one") == {"two": 2}


def test_a_silent_server_is_given_up_in_steps(db):
    """When the time is up the connection is closed, and the error says so."""  # F-04
    db.query("SELECT 1 AS one", fetch="one")
    steps = db.running(scan("SELECT pg_sleep(0.05)", "postgres"))
    wait = next(steps)
    assert 0 < wait.seconds <= 6
    with pytest.raises(StoreUnavailableError, match="within 6 seconds"):
        steps.send(False)
    assert db.query("SELECT 2 AS two", fetch="one") == {"two": 2}
