"""PostgreSQL through psycopg2, each call bounded in time on both ends of the connection.

The server gets its timeouts when a connection starts (SQL-5); here every wait for the socket has a
deadline too, because a stopped server or a cut network sends nothing at all.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from jwt_auth_core.database.pool import Pool
from jwt_auth_core.database.pooled import PooledDatabase
from jwt_auth_core.database.query import Outcome
from jwt_auth_core.database.sqlstate import CONFLICTS, STORE, Refusal, error_for
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.errors import (
    AuthError,
    ConstraintError,
    InvalidValueError,
    MissingDriverError,
    QueryError,
    SettingsError,
    StoreUnavailableError,
)
from jwt_auth_core.steps import Steps, Wait, aside, run
from jwt_auth_core.vocabulary import MASK, Secret

try:
    import psycopg2
    from psycopg2 import extensions
except ImportError as exc:
    raise MissingDriverError("psycopg2", extra="postgres") from exc


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one call may take, in seconds: to connect, for a lock, for a statement.

    ``grace_seconds`` is how much later than its own limits the server's answer may arrive.
    """

    connect_seconds: float = 2.0
    lock_seconds: float = 2.0
    statement_seconds: float = 5.0
    idle_transaction_seconds: float = 10.0
    grace_seconds: float = 1.0

    @property
    def answer_seconds(self) -> float:
        """Return when to give up on a server that itself should have given up."""
        return self.statement_seconds + self.grace_seconds


DEFAULT_LIMITS: Final = Limits()

_CLIENT_SETTINGS: Final = {
    "application_name": "jwt-auth",
    "client_encoding": "utf8",
    # A peer that vanished is noticed while the connection is idle.
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}

# 1 as the second argument: the calls do not block, so that each wait can have a deadline.
_new_connection = cast("Callable[[str, int], extensions.connection]", extensions.connection)


def _octets(value: str | bytes | None, cursor: extensions.cursor) -> bytes | None:
    return None if value is None else bytes(psycopg2.BINARY(value, cursor))


# By the oids of pg_type.dat: uuid as its text, whatever the application registered; bytea as bytes.
_new_type = cast("Callable[..., Any]", extensions.new_type)  # pyright: ignore[reportUnknownMemberType]
_ROW_TYPES: Final = (
    _new_type((2950,), "UUID", extensions.UNICODE),
    _new_type((17,), "BYTEA", _octets),
)
# A raw @, /, ? or # in a password would end up in the host's name, and that in an error.
_URL: Final = re.compile(r"postgres(?:ql)?://(?:[^@/?#]*@)?[^@#]*")
_MISSING_NAME: Final = re.compile(r'"(?P<quoted>[^"]+)"|column (?P<bare>[^\s"]+)')


class PostgresDatabase(PooledDatabase):
    """A PostgreSQL database named by a URL: ``postgresql://user:password@host:port/name?sslmode=...``.

    Args:
        url: every parameter of libpq may follow the question mark.
        pool_size: how many connections this process may hold; they stay open.
        wait_seconds: how long a call waits for one when all are in use.
        limits: the timeouts of a connection.

    Raises:
        SettingsError: the URL cannot be read. The first call connects, not the constructor.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        wait_seconds: float = 2.0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        connect = partial(_connect, _parameters(url, limits), limits)
        pool = Pool(STORE, connect, size=pool_size, wait_seconds=wait_seconds)
        super().__init__(pool, dialect="postgres", begin="BEGIN")

    def running(self, statement: Statement, values: Sequence[object] = ()) -> Steps[Outcome]:
        """See `Database.running`; a new connection is opened where it may block."""
        connection = None if self._current() else self._pool.take_idle()
        if connection is None:
            return (yield from aside(self.run)(statement, values))
        try:
            return (yield from cast("_Connection", connection).executing(statement.text, values))
        except GeneratorExit:
            connection.close()  # nobody waits for its answer any more
            raise
        except AuthError as error:
            if not connection.may_repeat(error):
                raise
        finally:
            self._pool.give(connection)
        return (yield from aside(self.run)(statement, values))


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What libpq connects with, the password in it; and the place, to be named in errors."""

    dsn: Secret
    password: Secret
    place: str


def _parameters(url: str, limits: Limits) -> _Parameters:
    problem = SettingsError(["the database URL is not postgresql://user:password@host:port/name"])
    if not _URL.fullmatch(url):
        raise problem
    try:
        given: dict[str, str] = extensions.parse_dsn(url)
    except psycopg2.Error:
        raise problem from None  # libpq's sentence may quote the password
    options = f"{_server_settings(limits)} {given.pop('options', '')}".strip()
    dsn = extensions.make_dsn(**{**_CLIENT_SETTINGS, **given}, options=options)
    place = f"{given.get('host', 'localhost')}:{given.get('port', '5432')}"
    return _Parameters(Secret(dsn), Secret(given.get("password", "")), place)


def _server_settings(limits: Limits) -> str:
    milliseconds = {
        "statement_timeout": limits.statement_seconds,
        "lock_timeout": limits.lock_seconds,
        "idle_in_transaction_session_timeout": limits.idle_transaction_seconds,
    }
    return " ".join(
        [
            "-c standard_conforming_strings=on",  # what our scan of quotes relies on
            *(f"-c {name}={int(seconds * 1000)}" for name, seconds in milliseconds.items()),
        ]
    )


def _connect(parameters: _Parameters, limits: Limits) -> _Connection:
    try:
        raw = _new_connection(parameters.dsn.reveal(), 1)
    except psycopg2.Error as exc:
        raise _no_connection(exc, parameters) from exc
    for row_type in _ROW_TYPES:
        extensions.register_type(row_type, raw)
    connection = _Connection(raw, limits.answer_seconds)
    try:
        connection.wait(limits.connect_seconds)
    except BaseException as exc:
        connection.close()
        if isinstance(exc, psycopg2.Error):
            raise _no_connection(exc, parameters) from exc
        raise
    return connection


def _no_connection(exc: psycopg2.Error, parameters: _Parameters) -> StoreUnavailableError:
    sentence = " ".join(str(exc).strip().partition("\n")[0].split())
    if parameters.password:
        sentence = sentence.replace(parameters.password.reveal(), MASK)
    exc.args = (sentence,)
    return StoreUnavailableError(STORE, f"cannot be reached at {parameters.place}: {sentence}")


class _Connection:
    """One psycopg2 connection in autocommit; transactions are begun by their own statement."""

    __slots__ = ("_answer_seconds", "_raw")

    def __init__(self, raw: extensions.connection, answer_seconds: float) -> None:
        self._raw = raw
        self._answer_seconds = answer_seconds

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        return run(self.executing(text, values))

    def executing(self, text: str, values: Sequence[object] = ()) -> Steps[Outcome]:
        """Do the same in steps."""
        try:
            with self._raw.cursor() as cursor:
                cursor.execute(text, tuple(values))  # a tuple, so that %% is always one percent sign
                yield from self._waiting(self._answer_seconds)
                if cursor.description is None:
                    return Outcome(None, (), max(cursor.rowcount, 0))
                columns = tuple([column.name for column in cursor.description])
                return Outcome(columns, cursor.fetchall(), cursor.rowcount)
        except (psycopg2.Error, psycopg2.Warning) as exc:
            raise translated(exc) from exc
        except (ValueError, OverflowError):  # a stored date or text that Python cannot hold
            raise InvalidValueError("a value has no form in Python") from None

    def wait(self, seconds: float) -> None:
        """Let libpq work until it has the whole answer, but no longer than ``seconds``."""
        run(self._waiting(seconds))

    def _waiting(self, seconds: float) -> Steps[None]:
        deadline = time.monotonic() + seconds
        while (state := self._raw.poll()) != extensions.POLL_OK:
            is_writing = state == extensions.POLL_WRITE
            if not (yield Wait(self._raw.fileno(), deadline - time.monotonic(), is_writing)):
                self.close()  # its late answer must not meet the next caller
                raise StoreUnavailableError(STORE, f"did not answer within {seconds:g} seconds")

    def usable(self) -> bool:
        if self._raw.closed or self._raw.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
            return False
        # An idle connection has nothing to read, unless the server said goodbye.
        return not Wait(self._raw.fileno(), 0)()

    def may_repeat(self, error: AuthError) -> bool:
        return getattr(error.__cause__, "pgcode", None) in CONFLICTS

    def close(self) -> None:
        with contextlib.suppress(psycopg2.Error):
            self._raw.close()


def translated(exc: psycopg2.Error | psycopg2.Warning) -> AuthError:
    """Return our error for one of psycopg2's, and take the values out of what ``exc`` says."""
    code = getattr(exc, "pgcode", None)
    if not isinstance(exc, psycopg2.Error) or code is None:
        return _without_code(exc)
    # The server's text quotes rows and statements, and tracebacks print the cause (LOG-1).
    exc.args = (f"SQLSTATE {code}",)
    named = _MISSING_NAME.search(exc.diag.message_primary or "")
    missing = named and (named["quoted"] or named["bare"])
    return error_for(Refusal(code, exc.diag.constraint_name or exc.diag.column_name, missing))


def _without_code(exc: Exception) -> AuthError:
    """Translate what psycopg2 and libpq found themselves."""
    if isinstance(exc, psycopg2.DataError) or "adapt" in str(exc):
        return InvalidValueError("a value has a type that PostgreSQL cannot store")
    if isinstance(exc, psycopg2.IntegrityError):
        return ConstraintError("constraint")
    if isinstance(exc, (psycopg2.ProgrammingError, psycopg2.NotSupportedError, psycopg2.Warning)):
        return QueryError("postgresql refused the statement")
    return StoreUnavailableError(STORE, "lost the connection")
