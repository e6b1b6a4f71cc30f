"""Transactions over a pool of connections, the same for both databases.

A call outside a transaction is one statement in the driver's autocommit: one round trip, atomic
by itself. The open transaction of a context is found through a context variable.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Final, TypeVar

from jwt_auth_core.database.lost_context import refuse_a_lost_context
from jwt_auth_core.database.pool import Connection, Pool
from jwt_auth_core.database.query import Database, Outcome
from jwt_auth_core.database.statement import Dialect, Statement
from jwt_auth_core.database.transactions import Block, Transaction, block_of
from jwt_auth_core.errors import AuthError, StoreUnavailableError

T = TypeVar("T")

ATTEMPTS: Final = 3
"""How often a statement of its own is tried when the database chose it as a conflict's victim."""


class PooledDatabase(Database):
    """A database whose connections come from a pool; ``begin`` is its word for a transaction."""

    def __init__(self, pool: Pool, *, dialect: Dialect, begin: str) -> None:
        self.pool = pool
        self._dialect: Dialect = dialect
        self._begin = begin
        self._held: dict[object, tuple[int, int]] = {}
        self.proven: set[str] = set()

    @property
    def dialect(self) -> Dialect:
        """Return which SQL it speaks."""
        return self._dialect

    def run(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """Run a scanned statement in the open transaction, else by itself."""
        current = self._current()
        if current is not None:
            return current.execute(statement.text, values)
        connection = self.pool.take(held=self._held_here())
        try:
            return _repeated(connection, statement, values)
        finally:
            self.pool.give(connection)

    def answer(self, statement: Statement, values: Sequence[object], shape: Callable[[Outcome], T]) -> T:
        """Run a statement and shape what it gave, in one transaction: what raises undoes both."""
        current = self._current()
        if current is not None:
            return current.answer(statement.text, values, shape)
        return self._answer_alone(statement, values, shape, attempts=ATTEMPTS)

    def _answer_alone(
        self, statement: Statement, values: Sequence[object], shape: Callable[[Outcome], T], *, attempts: int
    ) -> T:
        connection: Connection | None = None
        try:
            with self._outermost() as block:
                connection = block.transaction.connection
                return block.answer(statement.text, values, shape)
        except AuthError as error:
            if attempts == 1 or connection is None or not connection.may_repeat(error):
                raise
        return self._answer_alone(statement, values, shape, attempts=attempts - 1)

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """Hold one transaction, or a savepoint inside the one that is open."""
        refuse_a_lost_context()
        current = self._current()
        with self._outermost() if current is None else current.nested():
            yield

    @contextlib.contextmanager
    def joined(self) -> Generator[None]:
        """See `Database.joined`."""
        current = self._current()
        if current is None:
            with self.transaction():
                yield
            return
        try:
            yield
        except BaseException:
            current.transaction.spoil()
            raise

    def shared_transaction(self) -> SharedTransaction:
        """Return one that the threads of a task share, and that has not begun."""
        return SharedTransaction(self)

    def after_commit(self, call: Callable[[], None]) -> None:
        """See `Database.after_commit`."""
        current = self._current()
        if current is None:
            call()
        else:
            current.transaction.kept.append(call)

    def close(self) -> None:
        """Close every connection; later calls raise StoreUnavailableError."""
        self.pool.close()

    def opened(self, thread: int, *, is_shared: bool = False) -> Transaction:
        """Begin a transaction for a thread, which may be another one than waits for it here."""
        key, held = object(), self._held_here()
        # Known before it has begun: the thread that it is for must not wait for it at any moment.
        self._held[key] = (os.getpid(), thread)
        try:
            connection = self._begun(held)
        except BaseException:
            del self._held[key]
            raise
        return Transaction(self, connection, key, thread=thread, is_shared=is_shared)

    def closed(self, transaction: Transaction) -> None:
        """Take back the connection of a transaction that has ended."""
        transaction.is_open = False
        del self._held[transaction.key]
        give_back = self.pool.give if transaction.pid == os.getpid() else self.pool.keep
        give_back(transaction.connection)

    @contextlib.contextmanager
    def _outermost(self) -> Generator[Block]:
        current = self.opened(threading.get_ident())
        block = Block(current)
        block.enter()
        try:
            yield block
            block.end("COMMIT")
        except BaseException:
            current.undo("ROLLBACK", depth=0)
            raise
        finally:
            self.closed(current)
            block.leave()
        current.tell()

    def _begun(self, held: int) -> Connection:
        connection = self.pool.take(held=held)
        try:
            connection.execute(self._begin)
        except BaseException as exc:
            if connection.usable() or not isinstance(exc, StoreUnavailableError):
                self.pool.give(connection)
                raise
        else:
            return connection
        # It had died while idle: nothing has run yet, so a new one may try.
        return self._begun_on_new(connection)

    def _begun_on_new(self, dead: Connection) -> Connection:
        connection = self.pool.replace(dead)
        try:
            connection.execute(self._begin)
        except BaseException:
            self.pool.give(connection)
            raise
        return connection

    def _held_here(self) -> int:
        """Return how many transactions are open that only this thread can bring to their end."""
        if not self._held:
            return 0
        here = (os.getpid(), threading.get_ident())
        return list(self._held.values()).count(here)

    def _current(self) -> Block | None:
        return block_of(self)


class SharedTransaction:
    """A transaction of one task, whose threads use it in turns (see `Database.shared_transaction`).

    A class because it is begun and ended in other threads than the one that makes it, and enters.
    """

    def __init__(self, database: PooledDatabase) -> None:
        self._database = database
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._block: Block | None = None
        self._is_given_up = False

    def begin(self) -> None:
        """Begin it, in a thread that may wait."""
        block = Block(self._database.opened(self._thread, is_shared=True))
        with self._lock:
            self._block = block
            is_given_up = self._is_given_up
        if is_given_up:
            self.end(keep=False)

    def enter(self) -> None:
        """Let the context of the caller, and the threads and tasks that copy it, stand in it."""
        if self._block is not None:
            self._block.enter()

    def leave(self) -> None:
        """Let the context of the caller stand in it no more."""
        if self._block is not None:
            self._block.leave()

    def give_up(self) -> None:
        """Undo it as soon as it has begun: nobody waits for that any more."""
        with self._lock:
            self._is_given_up = True
            has_begun = self._block is not None
        if has_begun:
            self.end(keep=False)

    def end(self, *, keep: bool) -> None:
        """Keep all of it, or undo all of it; in a thread that may wait."""
        if self._block is None:
            return
        transaction = self._block.transaction
        try:
            if keep:
                transaction.execute("COMMIT", depth=0)
            else:
                transaction.undo("ROLLBACK", depth=0)
        except BaseException:
            transaction.undo("ROLLBACK", depth=0)
            raise
        finally:
            self._database.closed(transaction)
        if keep:
            transaction.tell()


def _repeated(connection: Connection, statement: Statement, values: Sequence[object]) -> Outcome:
    for _ in range(ATTEMPTS - 1):
        try:
            return connection.execute(statement.text, values)
        except AuthError as error:
            if not connection.may_repeat(error):
                raise
    return connection.execute(statement.text, values)
