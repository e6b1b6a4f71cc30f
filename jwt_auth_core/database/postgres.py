"""PostgreSQL through psycopg2: the database, and how its connections are opened.

Each call is bounded in time on both ends of the connection; the way there is ours, host by host and
address by address, because libpq's own has time limits only where it blocks.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, LiteralString, cast

from jwt_auth_core.database.connections.postgres import DriverError, Losses, PostgresConnection, opened, read
from jwt_auth_core.database.pool import Connection, Pool
from jwt_auth_core.database.pooled import PooledDatabase
from jwt_auth_core.database.postgres_session import (
    DEFAULT_TIMEOUTS,
    LONG_STATEMENT_SECONDS,
    REFUSES_OPTIONS,
    SessionSettings,
    Timeouts,
)
from jwt_auth_core.database.postgres_url import Place, parse
from jwt_auth_core.database.query import Database, Outcome
from jwt_auth_core.database.resolver import Resolver, UnresolvedError
from jwt_auth_core.database.sqlstate import STORE, is_passing
from jwt_auth_core.database.statement import Statement, scan
from jwt_auth_core.database.values import checked
from jwt_auth_core.errors import AuthError, StoreUnavailableError
from jwt_auth_core.records import dataclass
from jwt_auth_core.steps import Steps, aside, run
from jwt_auth_core.vocabulary import MASK, Secret

_WITHOUT_THE_DISK: Final = "SET LOCAL synchronous_commit = off; "
"""Before a transaction that is kept as soon as a later one is: nobody need wait for the disk twice."""
_ANOTHER_ROLE: Final = re.compile(r"(?:session|server) is (?:not )?(?:read-only|in hot standby)")


class PostgresDatabase(PooledDatabase):
    """A PostgreSQL database named by a URL: ``postgresql://user:password@host:port/name?sslmode=...``.

    Args:
        url: every parameter of libpq may follow the question mark.
        pool_size: how many connections this process may hold; they stay open.
        wait_seconds: how long a call waits for one when all are in use.
        timeouts: those of a connection.

    Raises:
        SettingsError: the URL cannot be read. The first call connects, not the constructor.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        wait_seconds: float = 2.0,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._url = Secret(url)
        self._timeouts = timeouts
        connector = _Connector(url, timeouts)
        pool = Pool(STORE, connector.connect, size=pool_size, wait_seconds=wait_seconds)
        connector.losses.on_loss = pool.drop_idle
        super().__init__(pool, dialect="postgres", begin="BEGIN")

    @contextlib.contextmanager
    def long_transaction(self) -> Generator[Database]:
        """See `Database.long_transaction`; on a connection of its own, which waits as long for an answer."""
        if self._current():
            with self.transaction():
                yield self
            return
        timeouts = replace(self._timeouts, statement_seconds=LONG_STATEMENT_SECONDS)
        apart = PostgresDatabase(self._url.reveal(), pool_size=1, timeouts=timeouts)
        with contextlib.closing(apart), apart.transaction():
            # Once more, because the URL's options stand above the limits of a connection.
            apart.query("SELECT set_config('statement_timeout', '1d', true)")
            yield apart

    def run_planned(self, statement: Statement, values: Sequence[object] = ()) -> Outcome:
        """See `Database.run_planned`; in a transaction, where one may not fail, as every other statement."""
        return self._planned(statement, values)

    def ahead(self, sql: LiteralString, params: Sequence[object] = ()) -> Outcome:
        """See `Database.ahead`; in a transaction, whose end is waited for, as every other statement."""
        statement = scan(sql, self.dialect)
        return self._planned(
            statement, checked(params, expected=statement.placeholders), before=_WITHOUT_THE_DISK
        )

    def behind(
        self, lock: LiteralString, held: Sequence[object], sql: LiteralString, params: Sequence[object] = ()
    ) -> Outcome:
        """See `Database.behind`: one message, one transaction, which leaves nothing to wait for.

        Each of its statements sees what was kept when it begins, as long as that is what the server's
        transactions do (READ COMMITTED).
        """
        if self._current():
            return super().behind(lock, held, sql, params)
        first, statement = scan(lock, self.dialect), scan(sql, self.dialect)
        values = checked((*held, *params), expected=first.placeholders + statement.placeholders)
        return self._planned(statement, values, before=f"{_WITHOUT_THE_DISK}{first.text}; ")

    def _planned(self, statement: Statement, values: Sequence[object], *, before: str = "") -> Outcome:
        if self._current():
            return self.run(statement, values)
        return run(self._looked_up(self.pool.take(held=self._held_here()), statement, values, before))

    def running(self, statement: Statement, values: Sequence[object] = ()) -> Steps[Outcome]:
        """See `Database.running`; a new connection is opened where it may block."""
        connection = None if self._current() else self.pool.take_idle()
        if connection is None:
            return (yield from aside(self.run_planned)(statement, values))
        return (yield from self._looked_up(connection, statement, values))

    def _looked_up(
        self, connection: Connection, statement: Statement, values: Sequence[object], before: str = ""
    ) -> Steps[Outcome]:
        """Run it by its plan, and give the connection back; once more where a conflict chose it as victim."""
        try:
            its = cast("PostgresConnection", connection)
            return (yield from its.planned(statement.text, values, before=before))
        except GeneratorExit:
            connection.close()  # nobody waits for its answer any more
            raise
        except AuthError as error:
            if not connection.may_repeat(error):
                raise
        finally:
            self.pool.give(connection)
        again = replace(statement, text=before + statement.text)
        return (yield from aside(self.run)(again, values))


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why one place was not reached, in a sentence without the password."""

    place: Place
    sentence: str
    cause: BaseException | None = None
    is_passing: bool = True


class _Connector:
    """Opens connections to whichever server of the URL answers; a class because it learns what that takes."""

    def __init__(self, url: str, timeouts: Timeouts) -> None:
        self._url = parse(url, read)
        self._password = Secret(self._url.parameters.get("password", ""))
        self._answer_seconds = timeouts.answer_seconds
        self._seconds = self._url.connect_seconds or timeouts.connect_seconds
        self._session = SessionSettings(timeouts, self._url.options)
        self._takes_options = True
        self._resolver = Resolver()
        self.losses = Losses()

    def connect(self) -> PostgresConnection:
        """Return a connection to the first place that takes it.

        Raises:
            StoreUnavailableError: none does; says of each why.
        """
        failures: list[_Failure] = []
        connection = self._first(self._targets(self._url.places, failures), self._url.role, failures)
        if connection is None and self._url.is_wish:
            others = [failure.place for failure in failures if _ANOTHER_ROLE.search(failure.sentence)]
            connection = self._first(others, "any", failures)
        if connection is None:
            places = ", ".join(dict.fromkeys(str(failure.place) for failure in failures))
            sentences = "; ".join(dict.fromkeys(failure.sentence for failure in failures))
            message = f"cannot be reached at {places}: {sentences}"
            # Of several places one that answers, and says that we are wrong, decides.
            passing = all(failure.is_passing for failure in failures)
            raise StoreUnavailableError(STORE, message, is_passing=passing) from failures[-1].cause
        return connection

    def _targets(self, places: Sequence[Place], failures: list[_Failure]) -> Iterator[Place]:
        for place in self._url.in_order(places):
            if not place.is_named:
                yield place
                continue
            try:
                found = self._resolver.addresses(place.host, within_seconds=self._seconds)
            except UnresolvedError as exc:
                failures.append(_Failure(place, str(exc)))
            else:
                yield from self._url.in_order([replace(place, address=address) for address in found])

    def _first(
        self, targets: Iterable[Place], role: str, failures: list[_Failure]
    ) -> PostgresConnection | None:
        for place in targets:
            try:
                return self._reached(place, role)
            except DriverError as exc:
                sentence = self._cleaned(exc)
                failures.append(_Failure(place, sentence, exc, is_passing(sentence)))
            except StoreUnavailableError as exc:
                sentence = str(exc).removeprefix(f"{STORE} ")
                failures.append(_Failure(place, sentence, exc.__cause__, exc.is_passing))
        return None

    def _reached(self, place: Place, role: str) -> PostgresConnection:
        if self._takes_options:
            try:
                return self._opened(place, role, self._session.options)
            except DriverError as exc:
                if not REFUSES_OPTIONS.search(str(exc)):
                    raise
            self._takes_options = False
        return self._opened(place, role, self._session.rest)

    def _opened(self, place: Place, role: str, options: str) -> PostgresConnection:
        words = {**self._url.parameters, **place.parameters(), "options": options}
        if role:
            words["target_session_attrs"] = role
        connection = opened(words, self.losses, self._answer_seconds)
        try:
            connection.start(self._seconds)
            if options != self._session.options or not connection.is_told(self._seconds):
                connection.local = self._session.local
        except BaseException:
            connection.close()
            raise
        return connection

    def _cleaned(self, exc: DriverError) -> str:
        """Return the driver's sentence, one line long; it may quote the password, also in tracebacks."""
        sentence = " ".join(str(exc).strip().partition("\n")[0].split())
        if self._password:
            sentence = sentence.replace(self._password.reveal(), MASK)
        exc.args = (sentence,)
        return sentence
