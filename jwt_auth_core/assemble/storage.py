"""Stores: where users, sessions and one-time codes live, as the settings name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from functools import partial
from typing import Protocol, TypedDict

from jwt_auth_core.assemble.clock import system_clock
from jwt_auth_core.assemble.session_limit import session_limit
from jwt_auth_core.database import schema, sqlite_url
from jwt_auth_core.database.guard import is_guarded
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.rights import named
from jwt_auth_core.database.users_table import Fault, faults, refuse_unfit
from jwt_auth_core.one_time.challenge import ChallengeStore
from jwt_auth_core.one_time.challenges import SqlChallenges
from jwt_auth_core.one_time.code import CodeStore
from jwt_auth_core.one_time.proof import ProofStore
from jwt_auth_core.one_time.proofs import SqlProofs
from jwt_auth_core.one_time.sql import SqlCodes
from jwt_auth_core.rate_limits.known_waits import KnownWaits
from jwt_auth_core.rate_limits.sql import SqlLimits
from jwt_auth_core.rate_limits.store import RateLimitStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.feed import Feed, Ledger
from jwt_auth_core.revocations.revocation import SLACK_SECONDS
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.revocations.sql import SqlFeed, SqlLedger
from jwt_auth_core.roles import RoleStore
from jwt_auth_core.roles.sql import SqlRoles
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.sessions.session_index import SessionIndex
from jwt_auth_core.sessions.use_limit import UseLimit
from jwt_auth_core.settings import VERIFICATIONS, Settings
from jwt_auth_core.tokens.covering import apart_from
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.adoption.adoption import Adoption
from jwt_auth_core.users.columns import UsersWithColumns
from jwt_auth_core.users.email_change import EmailChanges
from jwt_auth_core.users.email_changes import SqlEmailChanges
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.verified import SqlVerifiedAddresses, VerifiedAddresses
from jwt_auth_core.users.withheld import CautiousUsers
from jwt_auth_core.variables.words import withheld_in
from jwt_auth_core.vocabulary import Clock, Secret


class _Bounds(TypedDict):
    idle_seconds: int
    max_age_seconds: int
    limit: UseLimit | None


class Closing(Protocol):
    """What holds connections of its own."""

    def close(self) -> None:
        """Give them back."""
        ...


@dataclass(frozen=True, slots=True)
class Migration:
    """What `Auth.migrate` did and found: the files applied, who was adopted, what the table lacks.

    Without the guard (``is_guarded``) a window is left: see docs/adoption.md.
    """

    applied: list[str]
    adoption: Adoption
    faults: tuple[Fault, ...]
    is_guarded: bool


@dataclass(frozen=True, slots=True)
class Stores:
    """Where users, sessions, what is good once and limits live, and how others hear what was revoked.

    ``others`` reach what is needed besides the database, by its name.
    ``together`` holds one transaction where the database has both the index and the sessions, else nothing;
    ``as_one`` one for all that a login brings, where besides nobody else writes meanwhile: on SQLite.
    """

    database: Database
    users: Users
    sessions: SessionStore
    session_index: SessionIndex
    feed: Feed
    ledger: Ledger
    one_time: CodeStore
    proofs: ProofStore
    challenges: ChallengeStore
    verified: VerifiedAddresses
    email_changes: EmailChanges
    limits: RateLimitStore
    roles: RoleStore
    adopter: Adopter
    others: Mapping[str, Callable[[], None]] = field(default_factory=dict[str, Callable[[], None]])
    connections: tuple[Closing, ...] = ()
    together: Callable[[], AbstractContextManager[None]] = nullcontext
    as_one: Callable[[], AbstractContextManager[None]] = nullcontext

    def migrate(self) -> Migration:
        """Create what is missing, guard ``users``, and give every user that was there its account.

        Idempotent, and safe when many workers start at once.

        Raises:
            UnfitTableError: there is a ``users`` table that we cannot use; it says what helps.
            UnavailableError: the database does not answer, or refuses this role.
        """
        with named(self.database, "migrate"):
            applied = schema.migrate(self.database)
            adoption = self.adopter.run()
        return Migration(
            applied, adoption, tuple(faults(self.database)), is_guarded=is_guarded(self.database)
        )

    def check(self) -> None:
        """Raise one clear error when a store is out of reach or its schema is not there.

        Adopts the users that others wrote, and logs who had to be left, with the remedy.

        Raises:
            UnfitTableError: there is a ``users`` table that we cannot use; it says what helps.
            PendingMigrationError: ``jwt-auth migrate`` has not run since the last update.
            UnavailableError: a store does not answer.
        """
        refuse_unfit(self.database)
        with named(self.database, "serve"):
            if names := schema.pending(self.database):
                raise schema.PendingMigrationError(names)
        self.adopter.start()
        self.sessions.check()

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()
        for connection in self.connections:
            connection.close()


def stores(settings: Settings, *, clock: Clock | None = None, database: Database | None = None) -> Stores:
    """Return the stores that the settings name; embedded ones are created at once.

    Sessions tell the time by ``clock``; without one by the clock of their server (F-22). A
    ``database`` that is open already is used.

    Raises:
        MissingDriverError: a named store needs a package that is not installed.
        StoreUnavailableError: the embedded file cannot be opened.
    """
    database = database or open_database(settings)
    if settings.redis_url is None:
        made = _in_database(settings, database, clock)
    else:
        made = _with_redis(settings, settings.redis_url, database, clock)
    if database.dialect == "sqlite":
        made.adopter.start()
    return made


def open_database(settings: Settings) -> Database:
    """Return the database that the settings name; the embedded file is made and migrated at once.

    Raises:
        MissingDriverError: it needs a package that is not installed.
        StoreUnavailableError: the embedded file cannot be opened.
    """
    url = settings.database_url.reveal()
    if url.startswith("sqlite"):
        return _embedded(url)
    from jwt_auth_core.database.postgres import PostgresDatabase  # noqa: PLC0415 - a driver

    return PostgresDatabase(url, pool_size=settings.database_pool_size)


def _embedded(url: str) -> Database:
    from jwt_auth_core.database.sqlite import SqliteDatabase  # noqa: PLC0415 - a driver

    place = sqlite_url.parse(url)
    database = SqliteDatabase(place.path, wait_seconds=place.wait_seconds)
    schema.migrate(database)
    return database


def _in_database(settings: Settings, database: Database, clock: Clock | None) -> Stores:
    from jwt_auth_core.sessions.sql import SqlSessions  # noqa: PLC0415 - one of two

    keep, adopter = _keep_seconds(settings), Adopter(database)
    return Stores(
        database,
        _users(settings, database, adopter, clock),
        SqlSessions(database, **_bounds(settings), clock=clock),
        SessionIndex(database),
        feed=SqlFeed(database, keep_seconds=keep),
        ledger=SqlLedger(database, keep_seconds=keep),
        one_time=SqlCodes(database, clock=clock),
        proofs=SqlProofs(database, clock=clock),
        challenges=SqlChallenges(database, clock=clock),
        verified=SqlVerifiedAddresses(database),
        email_changes=SqlEmailChanges(database, catch_up=adopter.catch_up),
        limits=KnownWaits(SqlLimits(database)),
        roles=SqlRoles(database),
        adopter=adopter,
        together=database.joined,
        as_one=database.transaction if database.dialect == "sqlite" else nullcontext,
    )


def _with_redis(settings: Settings, url: Secret, database: Database, clock: Clock | None) -> Stores:
    from jwt_auth_core.database.checks.redis import ping  # noqa: PLC0415 - a driver
    from jwt_auth_core.database.redis import connect  # noqa: PLC0415 - a driver
    from jwt_auth_core.one_time.redis import RedisCodes  # noqa: PLC0415 - a driver
    from jwt_auth_core.rate_limits.redis import RedisLimits  # noqa: PLC0415 - a driver
    from jwt_auth_core.revocations.redis import RedisFeed  # noqa: PLC0415 - a driver
    from jwt_auth_core.sessions.redis import RedisSessions  # noqa: PLC0415 - a driver

    client, waiting = connect(url.reveal()), connect(url.reveal())
    keep, adopter = _keep_seconds(settings), Adopter(database)
    ledger = SqlLedger(database, keep_seconds=keep)
    return Stores(
        database,
        _users(settings, database, adopter, clock),
        RedisSessions(client, **_bounds(settings), clock=clock),
        SessionIndex(database),
        feed=RedisFeed(client, waiting=waiting, ledger=ledger, keep_seconds=keep),
        ledger=ledger,
        one_time=RedisCodes(client),
        proofs=SqlProofs(database, clock=clock),
        challenges=SqlChallenges(database, clock=clock),
        verified=SqlVerifiedAddresses(database),
        email_changes=SqlEmailChanges(database, catch_up=adopter.catch_up),
        limits=KnownWaits(RedisLimits(client)),
        roles=SqlRoles(database),
        adopter=adopter,
        others={"redis": partial(ping, client)},
        connections=(client, waiting),
    )


def _users(settings: Settings, database: Database, adopter: Adopter, clock: Clock | None) -> Users:
    withheld, names = withheld_in(settings.email_verification, VERIFICATIONS), settings.user_columns
    withhold = partial(apart_from, withheld)
    if names:
        return UsersWithColumns(
            database, names=names, withhold=withhold, catch_up=adopter.catch_up, clock=clock
        )
    if not withheld:
        return SqlUsers(database, catch_up=adopter.catch_up, clock=clock)
    return CautiousUsers(database, withhold=withhold, catch_up=adopter.catch_up, clock=clock)


def _bounds(settings: Settings) -> _Bounds:
    limit = session_limit(settings)
    return {
        "idle_seconds": settings.refresh_token_ttl_seconds,
        "max_age_seconds": settings.session_max_age_seconds,
        "limit": limit if limit.names else None,
    }


def _keep_seconds(settings: Settings) -> int:
    return settings.access_token_ttl_seconds + SLACK_SECONDS


def revocations(settings: Settings, stores: Stores, *, clock: Clock = system_clock) -> Revocations:
    """Return what knows which access tokens are revoked; its thread starts when it is first asked."""
    return Revocations(
        stores.feed,
        stores.ledger,
        clock=clock,
        token_seconds=settings.access_token_ttl_seconds,
        policy="strict" if settings.revocation_policy == "strict" else "stateless",
        max_silence_seconds=settings.revocation_max_silence_seconds,
    )
