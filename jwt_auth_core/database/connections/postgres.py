"""One connection to PostgreSQL, by psycopg2; every wait for its socket has a deadline.

A stopped server or a cut network sends nothing at all, so the server's own timeouts are not enough.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from jwt_auth_core.database.connections.plans import STALE, Plans
from jwt_auth_core.database.postgres_session import PROBE
from jwt_auth_core.database.postgres_url import refused
from jwt_auth_core.database.query import Outcome
from jwt_auth_core.database.sqlstate import CONFLICTS, STORE, Refusal, error_for, is_lost
from jwt_auth_core.errors import (
    AuthError,
    ConstraintError,
    InvalidValueError,
    MissingDriverError,
    QueryError,
    StoreUnavailableError,
)
from jwt_auth_core.steps import Steps, WaitFd, run

try:
    import psycopg2
    from psycopg2 import extensions
except ImportError as exc:
    raise MissingDriverError("psycopg2", extra="postgres") from exc

DriverError = psycopg2.Error

# 1 as the second argument: the calls do not block, so that each wait can have a deadline.
_new_connection = cast("Callable[[str, int], extensions.connection]", extensions.connection)


def _octets(value: str | bytes | None, cursor: extensions.cursor) -> bytes | None:
    return None if value is None else bytes(psycopg2.BINARY(value, cursor))


_CLIENT_SETTINGS: Final = {
    "application_name": "jwt-auth",
    "client_encoding": "utf8",
    # A peer that vanished is noticed while the connection is idle.
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}

# By the oids of pg_type.dat: uuid as its text, whatever the application registered; bytea as bytes.
_new_type = cast("Callable[..., Any]", extensions.new_type)  # pyright: ignore[reportUnknownMemberType]
_ROW_TYPES: Final = (
    _new_type((2950,), "UUID", extensions.UNICODE),
    _new_type((17,), "BYTEA", _octets),
)
_MISSING_NAME: Final = re.compile(r'"(?P<quoted>[^"]+)"|column (?P<bare>[^\s"]+)')


class Losses:
    """How many connections of one pool were lost, or led to a server that takes no writes.

    A class because the connections share it: after one loss, those that are older are not used again.
    ``on_loss`` is what else is to be done about it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.on_loss: Callable[[], object] = bool

    def note(self) -> None:
        """Count one more."""
        self.count += 1
        self.on_loss()


class PostgresConnection:
    """One psycopg2 connection in autocommit; transactions are begun by their own statement.

    ``local`` is what is said before each of them where the session itself was not told its limits.
    """

    def __init__(self, raw: extensions.connection, losses: Losses, answer_seconds: float) -> None:
        self._raw = raw
        self._answer_seconds = answer_seconds
        self._losses = losses
        self._losses_before = losses.count
        self.local = ""
        self._plans: Plans | None = Plans()
        for row_type in _ROW_TYPES:
            extensions.register_type(row_type, raw)

    def start(self, seconds: float) -> None:
        """Let libpq connect and log in."""
        run(self._waiting(seconds))
        if self._raw.get_parameter_status("standard_conforming_strings") == "off":
            detail = "standard_conforming_strings is off, and must be on"
            raise StoreUnavailableError(STORE, detail, is_passing=False)

    def is_told(self, seconds: float) -> bool:
        """Tell whether this very session took the options: not if a pooler dropped them, or shares it out."""
        with self._raw.cursor() as cursor:
            cursor.execute(PROBE)
            run(self._waiting(seconds))
            return cursor.fetchall() == [(self._raw.get_backend_pid(), "on")]

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        """See `Connection.execute`."""
        return run(self.executing(text, values))

    def executing(self, text: str, values: Sequence[object] = ()) -> Steps[Outcome]:
        """Do the same in steps."""
        try:
            with self._raw.cursor() as cursor:
                # A tuple, so that %% is always one percent sign.
                cursor.execute(self._limited(text), tuple(values))
                yield from self._waiting(self._answer_seconds)
                if cursor.description is None:
                    return Outcome(None, (), max(cursor.rowcount, 0))
                columns = tuple([column.name for column in cursor.description])
                return Outcome(columns, cursor.fetchall(), cursor.rowcount)
        except (psycopg2.Error, psycopg2.Warning) as exc:
            error = translated(exc)
            if is_lost(error, getattr(exc, "pgcode", None)):
                self._lose()
            raise error from exc
        except StoreUnavailableError:
            self._lose()
            raise
        except (ValueError, OverflowError):  # a stored date or text that Python cannot hold
            raise InvalidValueError("a value has no form in Python") from None

    def planned(self, text: str, values: Sequence[object] = (), *, before: str = "") -> Steps[Outcome]:
        """Do the same outside of transactions, by a plan that the server keeps.

        Not in a session that a pooler shares out. What goes ``before`` is in the same message, which the
        server makes one transaction of, and takes the first of the values.
        """
        plans = None if self.local else self._plans
        if plans is not None:
            try:
                outcome = yield from self.executing(before + plans.message(text), values)
            except AuthError as error:
                if getattr(error.__cause__, "pgcode", None) not in STALE:
                    raise
                self._plans = None
            else:
                plans.keep(text)
                return outcome
        return (yield from self.executing(before + text, values))

    def _limited(self, text: str) -> str:
        if not self.local or self._raw.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
            return text
        return self.local + text  # one message: the server makes one transaction of it

    def _waiting(self, seconds: float) -> Steps[None]:
        deadline = time.monotonic() + seconds
        while (state := self._raw.poll()) != extensions.POLL_OK:
            is_writing = state == extensions.POLL_WRITE
            if not (yield WaitFd(self._raw.fileno(), deadline - time.monotonic(), is_writing)):
                self.close()  # its late answer must not meet the next caller
                raise StoreUnavailableError(STORE, f"did not answer within {seconds:g} seconds")

    def _lose(self) -> None:
        self.close()
        self._losses.note()

    def usable(self) -> bool:
        """See `Connection.usable`."""
        if self._raw.closed or self._losses_before != self._losses.count:
            return False
        if self._raw.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
            return False
        # An idle connection has nothing to read, unless the server said goodbye.
        return not WaitFd(self._raw.fileno(), 0)()

    def may_repeat(self, error: AuthError) -> bool:
        """See `Connection.may_repeat`."""
        return getattr(error.__cause__, "pgcode", None) in CONFLICTS

    def close(self) -> None:
        """See `Connection.close`."""
        with contextlib.suppress(psycopg2.Error):
            self._raw.close()


def read(url: str) -> Mapping[str, str]:
    """Return libpq's reading of a URL.

    Raises:
        SettingsError: it knows no such parameter, or finds something that it cannot read.
    """
    try:
        return cast("Mapping[str, str]", extensions.parse_dsn(url))
    except psycopg2.Error:  # its sentence may quote the password
        raise refused("libpq knows no such parameter, or finds something that it cannot read") from None


def opened(parameters: Mapping[str, str], losses: Losses, answer_seconds: float) -> PostgresConnection:
    """Return a connection that has not begun to connect; ``parameters`` are libpq's words.

    Raises:
        DriverError: libpq refuses a parameter.
    """
    dsn = extensions.make_dsn(**{**_CLIENT_SETTINGS, **parameters})
    return PostgresConnection(_new_connection(dsn, 1), losses, answer_seconds)


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
    if isinstance(exc, psycopg2.DataError) or (
        isinstance(exc, psycopg2.ProgrammingError) and "adapt" in str(exc)
    ):
        return InvalidValueError("a value has a type that PostgreSQL cannot store")
    if isinstance(exc, psycopg2.IntegrityError):
        return ConstraintError("constraint")
    if isinstance(exc, (psycopg2.ProgrammingError, psycopg2.NotSupportedError, psycopg2.Warning)):
        return QueryError("postgresql refused the statement")
    return StoreUnavailableError(STORE, "lost the connection")
