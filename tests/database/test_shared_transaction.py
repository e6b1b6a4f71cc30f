"""Transactions that threads share, and those of several tasks of one thread, the same on every database."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import closing

import pytest

from jwt_auth_core.database.lost_context import LostTransactionError
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import QueryError, StoreUnavailableError, UniqueViolationError
from tests.database.test_transaction import add, ids, in_thread

NEVER = 3600.0
"""A wait that no test would survive."""


def begun(db):
    """Return a shared transaction that this context has entered, begun in another thread."""
    shared = db.shared_transaction()
    assert in_thread(shared.begin) is None
    shared.enter()
    return shared


def test_threads_write_in_turns(db):
    """What any of them wrote is kept together, ended in yet another thread."""
    shared = begun(db)
    add(db, 1)
    assert in_thread(lambda: add(db, 2)) is None
    assert in_thread(lambda: shared.end(keep=True)) is None
    assert ids(db) == [1, 2]


def test_or_none_of_it_is_kept(db):
    """Undone, nothing of any thread is left."""
    shared = begun(db)
    assert in_thread(lambda: add(db, 1)) is None
    shared.end(keep=False)
    assert ids(db) == []


def test_a_spoiled_one_is_not_kept(db):
    """A statement that failed in any thread spoils all of it."""
    shared = begun(db)
    add(db, 1)
    assert isinstance(in_thread(lambda: add(db, 1)), UniqueViolationError)
    with pytest.raises(QueryError, match="an earlier statement failed"):
        shared.end(keep=True)
    assert ids(db) == []


def test_what_has_not_begun_is_left_as_it_is(db):
    """Entering and leaving it changes nothing."""
    shared = db.shared_transaction()
    shared.enter()
    shared.leave()
    add(db, 1)
    assert ids(db) == [1]


def test_whoever_leaves_before_it_begins_leaves_nothing(db):
    """Given up, it is undone as soon as it has begun."""
    shared = db.shared_transaction()
    shared.give_up()
    shared.begin()
    add(db, 1)
    assert ids(db) == [1]


def test_whoever_leaves_when_it_has_begun_leaves_nothing(db):
    """Given up later, it is undone at once."""
    shared = begun(db)
    add(db, 1)
    shared.give_up()
    assert ids(db) == []


def test_one_that_has_not_begun_has_no_end(db):
    """Entered or ended, it is nothing."""
    shared = db.shared_transaction()
    shared.enter()
    shared.end(keep=True)
    add(db, 1)
    assert ids(db) == [1]


def test_whoever_waited_beyond_its_end_is_refused(db):
    """The connection is another's by then."""
    shared = begun(db)
    transaction = shared._block.transaction
    shared.end(keep=True)
    with pytest.raises(LostTransactionError, match="ended while this waited"):
        transaction.execute("SELECT 1", depth=0)


@pytest.fixture
def patient(tmp_path):
    """Return a file whose connections wait for ever, with a table."""
    with closing(SqliteDatabase(tmp_path / "patient.sqlite3", wait_seconds=NEVER)) as database:
        database.query("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")
        yield database


def other_task(work, *arguments):
    """Do what another task of the loop does in this thread: work outside of this context's blocks."""
    return contextvars.Context().run(work, *arguments)


def test_another_task_reads(patient):
    """A reader does not wait for the writer."""
    with patient.transaction():
        add(patient, 1)
        assert other_task(ids, patient) == []


def test_another_task_hears_at_once_that_it_cannot_write(patient):
    """The writer could never end while its thread waits: refused at once, and works afterwards."""
    with patient.transaction(), pytest.raises(StoreUnavailableError, match="locked by another writer"):
        other_task(add, patient, 1)
    add(patient, 1)
    assert ids(patient) == [1]


async def test_another_task_hears_at_once_that_it_cannot_begin(patient):
    """Of two tasks with an await in a transaction the second is told; the loop is not stopped."""

    async def work(number: int) -> None:
        with patient.transaction():
            add(patient, number)
            await asyncio.sleep(0)

    first, second = await asyncio.gather(work(1), work(2), return_exceptions=True)
    assert first is None
    assert isinstance(second, StoreUnavailableError)
    assert ids(patient) == [1]


def test_the_loop_does_not_wait_for_what_it_has_to_end(patient):
    """A shared transaction is ended by the thread that asked for it, wherever it was begun."""
    shared = patient.shared_transaction()
    assert in_thread(shared.begin) is None
    with pytest.raises(StoreUnavailableError, match="this very thread"), patient.transaction():
        pass
    shared.end(keep=True)


def test_memory_has_no_connection_for_another_task():
    """The only connection is the transaction's: refused at once."""
    alone = pytest.raises(StoreUnavailableError, match="this very thread")
    with closing(SqliteDatabase(":memory:", wait_seconds=NEVER)) as db, db.transaction(), alone:
        other_task(db.query, "SELECT 1")
