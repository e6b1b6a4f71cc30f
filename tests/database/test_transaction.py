"""What a transaction promises, the same on every database."""

# What stands in a `raises` block is what is tested.
# ruff: noqa: PT012

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from jwt_auth_core.database.lost_context import LostTransactionError
from jwt_auth_core.errors import QueryError, UniqueViolationError, UnsafeQueryError

ADD = "INSERT INTO notes (id, body) VALUES (%s, %s)"


def add(db, number: int) -> None:
    """Insert one row."""
    db.query(ADD, (number, str(number)))


def ids(db) -> list[int]:
    """Return the ids of every row."""
    return [row["id"] for row in db.query("SELECT id FROM notes ORDER BY id", fetch="all")]


def in_thread(work: Callable[[], object]) -> BaseException | None:
    """Run ``work`` in a thread that inherits this context; return what it raised."""
    raised: list[BaseException] = []

    def attempt() -> None:
        try:
            work()
        except BaseException as exc:  # noqa: BLE001 - handed to the test
            raised.append(exc)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(attempt,))
    thread.start()
    thread.join()
    return raised[0] if raised else None


def test_all_of_it_takes_effect(db):
    """The calls of one transaction are kept together."""
    with db.transaction():
        add(db, 1)
        add(db, 2)
    assert ids(db) == [1, 2]


def test_or_none_of_it(db):
    """An error that leaves the block undoes what was done in it."""
    with pytest.raises(ZeroDivisionError), db.transaction():
        add(db, 1)
        raise ZeroDivisionError
    assert ids(db) == []


def test_it_reads_its_own_writes(db):
    """Inside the block every call sees what the earlier ones did."""
    with db.transaction():
        add(db, 1)
        assert ids(db) == [1]


def test_a_nested_one_fails_alone(db):
    """A transaction inside another undoes only its own part."""
    with db.transaction():
        add(db, 1)
        with pytest.raises(UniqueViolationError), db.transaction():
            add(db, 2)
            add(db, 1)
        with db.transaction():
            add(db, 3)
    assert ids(db) == [1, 3]


def test_nested_ones_nest(db):
    """Each level undoes what is inside it, however deep."""
    with db.transaction():
        with pytest.raises(ZeroDivisionError), db.transaction():
            with db.transaction():
                add(db, 1)
            raise ZeroDivisionError
        add(db, 2)
    assert ids(db) == [2]


def test_the_outer_one_undoes_the_inner(db):
    """What an inner transaction kept is gone when the outer one fails."""
    with pytest.raises(ZeroDivisionError), db.transaction():
        with db.transaction():
            add(db, 1)
        raise ZeroDivisionError
    assert ids(db) == []


def test_a_failed_statement_spoils_its_transaction(db):
    """An error that was caught inside the block does not let the rest be kept: nothing is half done."""
    with pytest.raises(QueryError, match="an earlier statement failed"), db.transaction():
        add(db, 1)
        with pytest.raises(UniqueViolationError):
            add(db, 1)
    assert ids(db) == []


def test_after_a_failed_statement_no_other_runs(db):
    """The next call in a spoiled transaction is refused at once."""
    with pytest.raises(QueryError, match="an earlier statement failed"), db.transaction():
        with pytest.raises(UniqueViolationError):
            db.query("INSERT INTO notes VALUES (1, 'a'), (1, 'b')")
        add(db, 2)


def test_a_refused_text_spoils_nothing(db):
    """What is refused before execution has not failed in the database."""
    with db.transaction():
        with pytest.raises(UnsafeQueryError):
            db.query("SELECT %s")
        add(db, 1)
    assert ids(db) == [1]


@pytest.mark.parametrize("word", ["BEGIN", "commit", "Rollback", "SAVEPOINT x", "RELEASE x", "END"])
def test_transactions_are_not_steered_by_texts(db, word):
    """A text that would end or begin a transaction is refused and names what to use."""
    with pytest.raises(UnsafeQueryError, match="transaction"):
        db.query(word)


@pytest.mark.parametrize(
    "sql", ["SET ROLE nobody", "PRAGMA foreign_keys = OFF", "ATTACH 'x' AS y", "COPY notes TO STDOUT"]
)
def test_a_shared_connection_is_not_changed(db, sql):
    """A text that would change the connection for whoever gets it next is refused."""
    with pytest.raises(UnsafeQueryError, match="others share"):
        db.query(sql)


def test_another_thread_is_outside(db):
    """A thread of its own does not see the block of another; what it inherited it may not use."""
    with db.transaction():
        add(db, 1)
        refused = in_thread(lambda: add(db, 2))
    assert isinstance(refused, QueryError)
    assert ids(db) == [1]


def test_a_block_that_ends_in_another_thread_is_undone(db):
    """A block entered in one thread and left in another (a generator) held nothing together: refused."""
    block = db.transaction()
    block.__enter__()
    refused = in_thread(lambda: block.__exit__(None, None, None))
    assert "the thread and process that opened it" in str(refused)
    assert contextvars.Context().run(ids, db) == []


def test_a_block_that_ends_in_another_context_is_undone(db):
    """The same thread in another context is elsewhere too: what ran in between was not inside."""
    block = db.transaction()
    contextvars.Context().run(block.__enter__)
    with pytest.raises(LostTransactionError, match="the context that entered it"):
        block.__exit__(None, None, None)


def test_a_nested_block_that_ends_in_another_context_is_undone(db):
    """Only its own part is undone."""
    with db.transaction():
        add(db, 1)
        block = db.transaction()
        contextvars.copy_context().run(block.__enter__)
        with pytest.raises(LostTransactionError, match="the context that entered it"):
            block.__exit__(None, None, None)
        add(db, 2)
    assert ids(db) == [1, 2]


def test_beside_a_nested_block_nobody_writes(db):
    """Whoever stands outside of a nested block that is open would be undone with it: refused."""
    with db.transaction():
        nested = db.transaction()
        contextvars.copy_context().run(nested.__enter__)
        with pytest.raises(LostTransactionError, match="let it end first"):
            add(db, 1)
        with pytest.raises(LostTransactionError, match="let it end first"), db.transaction():
            pass
        with pytest.raises(LostTransactionError):
            nested.__exit__(None, None, None)
    assert ids(db) == []


@contextmanager
def held(db):
    """Hold a block around a yield, as a dependency of a web framework does."""
    with db.transaction():
        yield


def test_a_generator_that_a_thread_runs_is_refused(db):
    """A pool's thread enters, returns, and its context is lost: refused before anything begins."""
    with ThreadPoolExecutor(1) as executor:
        entered = executor.submit(held(db).__enter__).exception()
    assert isinstance(entered, LostTransactionError)
    assert "open it in a plain function" in str(entered)
    assert db._held == {}


def test_a_generator_whose_text_nobody_knows_is_refused(db, tmp_path):
    """Where it cannot be told that the block ends within one step, it is taken for one that does not."""
    file = tmp_path / "page.html"
    file.write_text("no Python")
    names = {"db": db, "contextmanager": contextmanager}
    text = "@contextmanager\ndef made():\n    with db.transaction():\n        yield"
    exec(compile(text, str(file), "exec"), names)  # noqa: S102 - as template engines do
    with ThreadPoolExecutor(1) as executor:
        entered = executor.submit(names["made"]().__enter__).exception()
    assert isinstance(entered, LostTransactionError)


def test_a_generator_that_ends_it_before_its_yield_is_not(db):
    """A block within one step is right, whoever runs the steps."""

    @contextmanager
    def prepared():
        with db.transaction():
            add(db, 1)
        yield

    with ThreadPoolExecutor(1) as executor:
        executor.submit(prepared().__enter__).result()
    assert ids(db) == [1]


def test_a_function_that_a_thread_runs_is_not(db):
    """A function enters and leaves in one context, by way of generators or not."""

    def work() -> None:
        with held(db):
            add(db, 1)

    with ThreadPoolExecutor(1) as executor:
        executor.submit(work).result()
    assert ids(db) == [1]


def test_a_context_copied_in_the_block_outlives_it(db):
    """Work that was started inside a block and runs after it is outside of it."""
    with db.transaction():
        context = contextvars.copy_context()
    context.run(add, db, 1)
    with pytest.raises(ZeroDivisionError), db.transaction():
        raise ZeroDivisionError
    assert ids(db) == [1]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_cannot_use_the_block(db):
    """The parent's transaction is the parent's: a child is refused, and leaves it alone (F-28)."""
    # F-28
    with db.transaction():
        add(db, 1)
        if (child := os.fork()) == 0:
            os._exit(_refusals(db))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        add(db, 2)
    assert ids(db) == [1, 2]


def _refusals(db) -> int:
    try:
        add(db, 3)
    except QueryError:
        return 7
    return 1


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_that_leaves_the_block_commits_nothing(db):
    """A child that runs to the end of the block raises there, and the parent goes on (F-28)."""
    # F-28
    child, parents = -1, os.getpid()
    try:
        with db.transaction():
            add(db, 1)
            child = os.fork()
    except QueryError:
        os._exit(7 if os.getpid() != parents else 1)
    if child == 0:
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert ids(db) == [1]
