"""Transactions over a pool of connections, the same for both databases.

A call outside a transaction is one statement in the driver's autocommit: one round trip, atomic
by itself. The open transaction of a thread is found through a context variable.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Sequence
from contextvars import ContextVar
from typing import Final, TypeVar

from jwt_auth_core.database.pool import Connection, Pool
from jwt_auth_core.database.query import Database, Outcome
from jwt_auth_core.database.statement import Dialect, Statement
from jwt_auth_core.errors import AuthError, QueryError, StoreUnavailableError

T = TypeVar("T")

ATTEMPTS: Final = 3
"""How often a statement of its own is tried when the database chose it as a conflict's victim."""


class _Transaction:
    """One open transaction: who may use it, and whether a statement in it failed."""

    __slots__ = ("connection", "is_open", "owner", "pid", "spoiled", "thread")

    def __init__(self, owner: object, connection: Connection) -> None:
        self.owner = owner
        self.connection = connection
        self.pid = os.getpid()
        self.thread = threading.get_ident()
        self.is_open = True
        self.spoiled = False

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        if (self.pid, self.thread) != (os.getpid(), threading.get_ident()):
            raise QueryError("a transaction belongs to the thread and process that opened it")
        if self.spoiled:
            raise QueryError("an earlier statement failed; nothing of this transaction is kept")
        try:
            return self.connection.execute(text, values)
        except BaseException:
            self.spoiled = True
            raise

    def answer(self, text: str, values: Sequence[object], shape: Callable[[Outcome], T]) -> T:
        outcome = self.execute(text, values)
        try:
            return shape(outcome)
        except BaseException:
            self.spoiled = True  # it changed something, and the caller is told that it did not
            raise

    def undo(self, *steps: str) -> None:
        """Roll back as far as the connection still allows; the first cause is what is reported."""
        if self.pid != os.getpid():
            return
        try:
            for step in steps:
                self.connection.execute(step)
            self.spoiled = False
        except AuthError:
            self.spoiled = True


_OPEN: Final[ContextVar[tuple[_Transaction, ...]]] = ContextVar("jwt_auth_transactions", default=())


class PooledDatabase(Database):
    """A database whose connections come from a pool; ``begin`` is its word for a transaction."""

    def __init__(self, pool: Pool, *, dialect: Dialect, begin: str) -> None:
        self._pool = pool
        self._dialect: Dialect = dialect
        self._begin = begin
        self._held: dict[int, _Transaction] = {}
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
        connection = self._pool.take()
        try:
            return _repeated(connection, statement, values)
        finally:
            self._pool.give(connection)

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
            with self._outermost():
                current = _OPEN.get()[-1]
                connection = current.connection
                return current.answer(statement.text, values, shape)
        except AuthError as error:
            if attempts == 1 or connection is None or not connection.may_repeat(error):
                raise
        return self._answer_alone(statement, values, shape, attempts=attempts - 1)

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """Hold one transaction, or a savepoint inside the one that is open."""
        current = self._current()
        with self._outermost() if current is None else _nested(current):
            yield

    def close(self) -> None:
        """Close every connection; later calls raise StoreUnavailableError."""
        self._pool.close()

    @contextlib.contextmanager
    def _outermost(self) -> Generator[None]:
        current = _Transaction(self, self._begun())
        self._held[id(current)] = current
        _OPEN.set((*_OPEN.get(), current))
        try:
            yield
            current.execute("COMMIT")
        except BaseException:
            current.undo("ROLLBACK")
            raise
        finally:
            current.is_open = False
            del self._held[id(current)]
            _OPEN.set(tuple(t for t in _OPEN.get() if t is not current))
            give_back = self._pool.give if current.pid == os.getpid() else self._pool.keep
            give_back(current.connection)

    def _begun(self) -> Connection:
        connection = self._pool.take()
        try:
            connection.execute(self._begin)
        except BaseException as exc:
            if connection.usable() or not isinstance(exc, StoreUnavailableError):
                self._pool.give(connection)
                raise
        else:
            return connection
        # It had died while idle: nothing has run yet, so a new one may try.
        return self._begun_on_new(connection)

    def _begun_on_new(self, dead: Connection) -> Connection:
        connection = self._pool.replace(dead)
        try:
            connection.execute(self._begin)
        except BaseException:
            self._pool.give(connection)
            raise
        return connection

    def _held_here(self) -> int:
        """Return how many transactions this thread itself holds open."""
        here = (os.getpid(), threading.get_ident())
        return sum((held.pid, held.thread) == here for held in list(self._held.values()))

    def _current(self) -> _Transaction | None:
        mine = (t for t in reversed(_OPEN.get()) if t.owner is self and t.is_open)
        return next(mine, None)


def _repeated(connection: Connection, statement: Statement, values: Sequence[object]) -> Outcome:
    for _ in range(ATTEMPTS - 1):
        try:
            return connection.execute(statement.text, values)
        except AuthError as error:
            if not connection.may_repeat(error):
                raise
    return connection.execute(statement.text, values)


@contextlib.contextmanager
def _nested(current: _Transaction) -> Generator[None]:
    current.execute("SAVEPOINT nested")
    try:
        yield
        current.execute("RELEASE nested")
    except BaseException:
        current.undo("ROLLBACK TO nested", "RELEASE nested")
        raise
