"""SQLite, the embedded database: one file (mode 0600) that threads and processes may share.

Write-ahead logging, foreign keys on, a writer waits its turn; ``:memory:`` is one connection that
the threads take in turns. What changes together: ``_BY_CODE`` and SQLite's result codes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
import time
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from jwt_auth_core.database import forks
from jwt_auth_core.database.file import PAUSE_SECONDS, STORE, DatabaseFile, Identity, connected, write_ahead
from jwt_auth_core.database.pool import IN_VAIN, Connection, Pool
from jwt_auth_core.database.pooled import PooledDatabase
from jwt_auth_core.database.query import LONG_WAIT_SECONDS, Database, Outcome
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.database.transactions import Transaction
from jwt_auth_core.errors import (
    AuthError,
    ConstraintError,
    InvalidValueError,
    MissingTableError,
    QueryError,
    StoreUnavailableError,
    UniqueViolationError,
)

MEMORY: Final = ":memory:"

_SETTINGS: Final = (
    "PRAGMA synchronous = FULL",  # a logout must outlive a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)

_UNIQUE: Final = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_ROWID,
}
_UNAVAILABLE: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another writer",
    sqlite3.SQLITE_LOCKED: "is locked by another writer",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_FULL: "has no space left",
    sqlite3.SQLITE_CORRUPT: "has a damaged file",
    sqlite3.SQLITE_NOTADB: "has a damaged file, or one that is no database",
    **dict.fromkeys(
        (
            sqlite3.SQLITE_INTERNAL,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_ABORT,
            sqlite3.SQLITE_NOMEM,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PROTOCOL,
            sqlite3.SQLITE_SCHEMA,
            sqlite3.SQLITE_NOLFS,
            sqlite3.SQLITE_AUTH,
        ),
        "cannot read or write its file",
    ),
}
_NO_ACCESS: Final = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY}
_INVALID: Final = {sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE}
_MISSING: Final = re.compile(r"(?:no such (?:table|column): |has no column named )(?P<name>.+)$")


class SqliteDatabase(PooledDatabase):
    """A database file, made with its directory when absent (0600, 0700); ``:memory:`` for none.

    Args:
        path: the file, or ``":memory:"``.
        connections: how many the threads of this process share.
        wait_seconds: how long a call waits for a connection, and then for another writer.
    """

    def __init__(self, path: str | Path, *, connections: int = 4, wait_seconds: float = 5.0) -> None:
        self._file = None if str(path) == MEMORY else DatabaseFile(Path(path).absolute())
        size = 1 if self._file is None else connections
        connect = partial(_connect, self._file, wait_seconds)
        pool = Pool(STORE, connect, size=size, wait_seconds=wait_seconds)
        super().__init__(pool, dialect="sqlite", begin="BEGIN IMMEDIATE")
        self._patience = f"PRAGMA busy_timeout = {round(wait_seconds * 1000)}"
        forks.watch(self)

    def run(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """See `Database.run`; never waits for a transaction that this thread would have to end."""
        current = self._current()
        if current is not None:
            return current.execute(statement.text, values)
        if not self._held_here():
            return super().run(statement, values)
        with self._set("PRAGMA busy_timeout = 0", back=self._patience) as connection:
            return connection.execute(statement.text, values)

    def run_lightly(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """See `Database.run_lightly`: the disk is not waited for, unless a transaction is open."""
        if self._current() or self._held_here():
            return self.run(statement, values)
        with self._set("PRAGMA synchronous = NORMAL", back=_SETTINGS[0]) as connection:
            return connection.execute(statement.text, values)

    def opened(self, thread: int, *, is_shared: bool = False) -> Transaction:
        """See `PooledDatabase.opened`; one process writes at a time, and one thread of it."""
        if self._held_here():
            raise StoreUnavailableError(STORE, IN_VAIN)
        return super().opened(thread, is_shared=is_shared)

    @contextlib.contextmanager
    def long_transaction(self) -> Generator[Database]:
        """See `Database.long_transaction`; waits for a writer again and again, so that Ctrl-C is heard."""
        with contextlib.ExitStack() as stack:
            deadline = time.monotonic() + LONG_WAIT_SECONDS
            while not self._entered(stack, is_last=time.monotonic() >= deadline):
                time.sleep(PAUSE_SECONDS)
            yield self

    def _entered(self, stack: contextlib.ExitStack, *, is_last: bool) -> bool:
        try:
            stack.enter_context(self.transaction())
        except StoreUnavailableError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0)
            if is_last or code & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    @contextlib.contextmanager
    def _set(self, setting: str, *, back: str) -> Generator[Connection]:
        connection = self.pool.take(held=self._held_here())
        try:
            connection.execute(setting)
            try:
                yield connection
            finally:
                connection.execute(back)
        finally:
            self.pool.give(connection)

    def rest(self, deadline: float) -> bool:
        """Let no thread be inside SQLite, and leave no connection to a file open, where that can be."""
        is_resting = self.pool.rest(held=self._held_here(), deadline=deadline)
        if is_resting and self._file is not None:
            self.pool.drop_idle()
        return is_resting

    def wake(self) -> None:
        """Open connections again when they are needed."""
        self.pool.wake()

    def disown(self) -> None:
        """Never close what a child inherited: even its goodbye would write to what the parent uses."""
        for connection in _inherited():
            connection.leak()


def _connect(file: DatabaseFile | None, wait_seconds: float) -> _Connection:
    connection = _in_memory(wait_seconds) if file is None else _on_file(file, wait_seconds)
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except BaseException:
        connection.close()
        raise
    return connection


def _in_memory(wait_seconds: float) -> _Connection:
    return _Connection(connected(MEMORY, wait_seconds), None)


def _on_file(file: DatabaseFile, wait_seconds: float) -> _Connection:
    _refuse_inherited(file)
    raw = file.connect(wait_seconds)
    try:
        write_ahead(raw, time.monotonic() + wait_seconds)
    except sqlite3.Error as exc:
        raw.close()
        primary = exc.sqlite_errorcode & 0xFF
        raise (file.refusal(exc) if primary in _NO_ACCESS else translated(exc)) from exc
    return _Connection(raw, file.identity())


def _refuse_inherited(file: DatabaseFile) -> None:
    """Refuse a file to which this process has connections of a parent's: SQLite trusts in their locks."""
    identity = file.identity()
    if any(connection.identity == identity for connection in _inherited()):
        raise StoreUnavailableError(
            STORE,
            f"had connections to {file.path} open when this process was forked, which cannot use it now: "
            "fork outside of transactions, by os.fork, and open the file in the child",
        )


class _Connection:
    """One sqlite3 connection in autocommit; transactions are begun by their own statement."""

    __slots__ = ("__weakref__", "_raw", "identity", "pid")

    def __init__(self, raw: sqlite3.Connection, identity: Identity | None) -> None:
        self._raw = raw
        self.identity = identity
        self.pid = os.getpid()
        _open[id(self)] = self

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        try:
            before = self._raw.total_changes
            cursor = self._raw.execute(text, [v if type(v) in _AS_STORED else _adapted(v) for v in values])
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as exc:
            raise translated(exc) from exc
        if cursor.description is not None:
            return Outcome(tuple([c[0] for c in cursor.description]), rows, len(rows))
        # -1: not a plain INSERT, UPDATE or DELETE (WITH ... UPDATE, CREATE TABLE).
        count = cursor.rowcount if cursor.rowcount >= 0 else self._raw.total_changes - before
        return Outcome(None, rows, count)

    def usable(self) -> bool:
        return not self._raw.in_transaction

    def may_repeat(self, error: AuthError) -> bool:  # noqa: ARG002 - writers wait their turn
        return False

    def close(self) -> None:
        self._raw.close()
        _open.pop(id(self), None)

    def leak(self) -> None:
        """Keep the driver from closing it when the interpreter ends."""
        import ctypes  # noqa: PLC0415 - only after a fork inside a transaction

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._raw))


_open: Final[WeakValueDictionary[int, _Connection]] = WeakValueDictionary()
"""All that are open in this process, and after a fork those that its parent had."""


def _inherited() -> list[_Connection]:
    known = [reference() for reference in _open.valuerefs()]
    return [one for one in known if one is not None and one.identity and one.pid != os.getpid()]


_AS_STORED: Final = frozenset([str, int, float, bytes, type(None)])


def _adapted(value: object) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value


def translated(exc: Exception) -> AuthError:
    """Return our error for one of sqlite3's; no message holds a value."""
    code: int | None = getattr(exc, "sqlite_errorcode", None)
    return _without_code(exc) if code is None else _by_code(code, str(exc))


def _by_code(code: int, message: str) -> AuthError:
    rule = message.partition(": ")[2] or message
    primary = code & 0xFF  # the higher bits say more about the same
    if primary == sqlite3.SQLITE_CONSTRAINT:
        return UniqueViolationError(rule) if code in _UNIQUE else ConstraintError(rule)
    if primary in _UNAVAILABLE:
        return StoreUnavailableError(STORE, _UNAVAILABLE[primary])
    if primary in _INVALID:
        return InvalidValueError("a value is too large, or of the wrong type for its column")
    if missing := _MISSING.search(message):
        return MissingTableError(missing["name"])
    return QueryError(f"sqlite refused the statement: result code {code}")


def _without_code(exc: Exception) -> AuthError:
    """Translate what the Python layer raises itself, without asking SQLite."""
    message = str(exc)
    if isinstance(exc, (OverflowError, sqlite3.DataError, sqlite3.InterfaceError)):
        return InvalidValueError("a value cannot be stored")
    if "binding parameter" in message:
        return InvalidValueError("a value has a type that SQLite cannot store")
    if "closed" in message:
        return StoreUnavailableError(STORE, "was closed")
    if isinstance(exc, sqlite3.OperationalError):
        return StoreUnavailableError(STORE, "does not answer")
    return QueryError("sqlite refused the statement")
