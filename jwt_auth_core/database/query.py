"""What a database does for the rooms above: run one checked statement, hold a transaction.

``SqliteDatabase`` and ``PostgresDatabase`` provide ``run`` and ``transaction`` and inherit
``query``. The SQL is a ``LiteralString``: a text built at run time does not type-check (SQL-1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import Context
from functools import partial
from typing import Any, Final, Literal, LiteralString, Protocol, TypeVar, overload

from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect, Statement, scan
from jwt_auth_core.database.values import checked
from jwt_auth_core.errors import QueryError, UnsafeQueryError
from jwt_auth_core.records import dataclass
from jwt_auth_core.steps import Steps, aside

T = TypeVar("T")
_NO_ROWS: Final = "the statement returns no rows; leave fetch out"
Fetch = Literal["one", "all", "auto"] | None
MOST_PROVEN: Final = 1000
LONG_WAIT_SECONDS: Final = 3600
"""How long a migration waits for one that runs already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: columns (None when it returns no rows), rows, rows touched."""

    columns: tuple[str, ...] | None
    rows: Sequence[Sequence[Any]]
    count: int


class SharedTransaction(Protocol):
    """A transaction of one task: entered there, begun and ended in threads, used in turns by all of them."""

    def begin(self) -> None:
        """Begin it; waits for a connection, and on SQLite for the writers before it."""
        ...

    def enter(self) -> None:
        """Let the context of the caller, and what copies it from now on, stand in it."""
        ...

    def leave(self) -> None:
        """Let the context of the caller stand in it no more, once it has ended."""
        ...

    def give_up(self) -> None:
        """Undo it as soon as it has begun, when whoever asked for it has left."""
        ...

    def end(self, *, keep: bool) -> None:
        """Keep all of it, or undo all of it; raises when it cannot be kept."""
        ...


class Database(Protocol):
    """PostgreSQL or SQLite behind one face; safe to share between threads.

    Each call is a transaction of its own, unless the calling thread is inside ``transaction()``.

    Attributes:
        proven: texts that gave rows in their form before, and are not asked about it again.
    """

    proven: set[str]

    @property
    def dialect(self) -> Dialect:
        """Return which SQL it speaks."""
        ...

    @overload
    def query(self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: None = None) -> int: ...
    @overload
    def query(
        self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: Literal["one"]
    ) -> Row | None: ...
    @overload
    def query(
        self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: Literal["one"], into: type[T]
    ) -> T | None: ...
    @overload
    def query(
        self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: Literal["all"]
    ) -> list[Row]: ...
    @overload
    def query(
        self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: Literal["all"], into: type[T]
    ) -> list[T]: ...
    @overload
    def query(
        self, sql: LiteralString, params: Sequence[object] = ..., *, fetch: Literal["auto"]
    ) -> list[Row] | int: ...
    def query(
        self,
        sql: LiteralString,
        params: Sequence[object] = (),
        *,
        fetch: Fetch = None,
        into: type[Any] | None = None,
    ) -> Any:
        """Run one statement; every ``%s`` takes one value, ``%%`` is a percent sign.

        ``fetch="one"`` gives the first row or None, ``"all"`` a list, None the number of rows
        changed or found, ``"auto"`` a list for a statement that returns rows and else the number.
        Rows are read by name or place (`Row`), or are ``into(**row)``: a dataclass named after the
        columns. A call that raises has changed nothing.

        Raises:
            UnsafeQueryError: before execution: several statements, or values that do not fit.
            InvalidValueError: a value that cannot be stored (NUL, half a surrogate pair, too large).
            QueryError: the database refused the statement (its children say why).
            StoreUnavailableError: no answer in time, or none that can be relied on.
        """
        if fetch not in {None, "one", "all", "auto"}:
            raise UnsafeQueryError('fetch is "one", "all", "auto" or None')
        statement = scan(sql, self.dialect)
        values = checked(params, expected=statement.placeholders)
        if statement.manner == "changes" and fetch in {"one", "all"}:
            raise QueryError(_NO_ROWS)
        shape = partial(_shaped, fetch=fetch, into=into)
        if self._is_safe(statement, fetch, into):
            return shape(self.run(statement, values))
        answer = self.answer(statement, values, shape)
        self._prove(statement)
        return answer

    def _is_safe(self, statement: Statement, fetch: Fetch, into: type[Any] | None) -> bool:
        if statement.manner == "asks":
            return fetch is None or (into is None and statement.text in self.proven)
        return statement.manner in {"reads", "changes"}

    def _prove(self, statement: Statement) -> None:
        if len(self.proven) >= MOST_PROVEN:
            self.proven.clear()
        self.proven.add(statement.text)

    def run(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """Run a scanned statement; for SQL that is package data (the schema), and for ``query``."""
        ...

    def answer(self, statement: Statement, values: Sequence[object], shape: Callable[[Outcome], T]) -> T:
        """Run a statement and shape what it gave, in one transaction: what raises undoes both."""
        ...

    def run_lightly(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """Do what `run` does; a power cut, though no killed process, may undo it where that saves time."""
        return self.run(statement, values)

    def lightly(self, sql: LiteralString, params: Sequence[object] = ()) -> Outcome:
        """Run one statement as `query` does, by `run_lightly`; for what may be said or counted once more.

        Raises what `query` raises.
        """
        statement = scan(sql, self.dialect)
        return self.run_lightly(statement, checked(params, expected=statement.placeholders))

    def run_planned(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """Do what `run` does for a statement that reads, whose plan is kept where that saves time."""
        return self.run(statement, values)

    def planned(self, sql: LiteralString, params: Sequence[object] = ()) -> Outcome:
        """Run one of our own statements that read, again and again, by `run_planned`.

        Its values are texts and whole numbers, of the types of their places. Raises what `query` raises.
        """
        statement = scan(sql, self.dialect)
        return self.run_planned(statement, checked(params, expected=statement.placeholders))

    def ahead(self, sql: LiteralString, params: Sequence[object] = ()) -> Outcome:
        """Do what `planned` does for a change that others see at once, and that a later one makes last.

        Only a server that crashes before the caller keeps something else may lose it: nobody waits for the
        disk twice.
        """
        return self.planned(sql, params)

    def behind(
        self, lock: LiteralString, held: Sequence[object], sql: LiteralString, params: Sequence[object] = ()
    ) -> Outcome:
        """Do what `planned` does once a statement that locks rows has them; then they are free again."""
        with self.joined():
            self.query(lock, held)
            return self.planned(sql, params)

    def running(self, statement: Statement, values: Sequence[object] = ()) -> Steps[Outcome]:
        """Do what `run_planned` does in steps; here as one that may block."""
        return (yield from aside(self.run)(statement, values))

    def transaction(self) -> AbstractContextManager[None]:
        """Hold one transaction for the calling thread: all of its calls take effect, or none.

        Inside another it is a savepoint: when it fails, only its own part is undone. A statement
        that failed spoils the transaction it stands in, also when its error was caught. It is left
        in the context that entered it; a generator that is run in a thread has none, and is refused.
        """
        ...

    def joined(self) -> AbstractContextManager[None]:
        """Stand in the open transaction, or hold one: what fails in it undoes all of it, and no part alone.

        Two statements less than a savepoint, for whoever passes every failure on.
        """
        return self.transaction()

    def long_transaction(self) -> AbstractContextManager[Database]:
        """Hold one as `transaction` does, for a migration, and give the database whose calls stand in it.

        A statement in it, and on SQLite its beginning, may take longer than any request would wait; inside
        of another transaction as long as everything there.
        """
        ...

    def shared_transaction(self) -> SharedTransaction:
        """Return one that has not begun, and that the threads of one task share."""
        ...

    def apart(self, call: Callable[[], T]) -> T:
        """Make a call outside of the caller's transaction: what that undoes was done all the same.

        Not on SQLite, which has one writer at a time: it would wait for its caller.
        """
        return call() if self.dialect == "sqlite" else Context().run(call)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Make a call once what the open transaction did is kept; at once where none is open.

        Where it is undone, or the part of it in which this was asked for, nothing is called. The call is
        made in the thread that ends the transaction, and must not raise: what was done is done.
        """
        ...

    def close(self) -> None:
        """Close every connection; later calls raise StoreUnavailableError."""
        ...


def _shaped(outcome: Outcome, *, fetch: Fetch, into: type[Any] | None) -> Any:
    if fetch is None or (fetch == "auto" and outcome.columns is None):
        return outcome.count
    names = _names(outcome.columns)
    if fetch == "one":
        return _made(names, outcome.rows[0], into) if outcome.rows else None
    return [_made(names, row, into) for row in outcome.rows]


def _names(columns: tuple[str, ...] | None) -> tuple[str, ...]:
    if columns is None:
        raise QueryError(_NO_ROWS)
    if len(set(columns)) != len(columns):
        raise QueryError("two columns have one name; rename one with AS")
    return columns


def _made(names: tuple[str, ...], row: Sequence[Any], into: type[Any] | None) -> Any:
    fields = Row(zip(names, row, strict=True))
    if into is None:
        return fields
    try:
        return into(**fields)
    except TypeError as exc:
        msg = f"the columns {', '.join(names)} do not fit {into.__name__}"
        raise QueryError(msg) from exc
