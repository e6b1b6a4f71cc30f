"""What is wrong with the stores and the mail server: each is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from jwt_auth_asgi.cli.findings import mending
from jwt_auth_asgi.cli.findings.finding import Finding
from jwt_auth_core.auth import Auth
from jwt_auth_core.database import rights
from jwt_auth_core.database.checks import database
from jwt_auth_core.database.redis_url import parse
from jwt_auth_core.database.schema import PendingMigrationError
from jwt_auth_core.database.users_table import UnfitTableError
from jwt_auth_core.errors import AuthError, MissingDriverError, SettingsError, StoreUnavailableError
from jwt_auth_core.flows.address_limits import is_proxy_noted
from jwt_auth_core.settings import Settings, variables

_SHOWN: Final = 5
_SKEW_SECONDS: Final = 5.0
_LEAST_REDIS: Final = (7, 0)
_NO_MORE_THAN: Final = "timedatectl set-ntp true  # on whichever is wrong"


def of_settings(problem: str) -> Finding:
    """Return the finding of a problem that the settings told."""
    variable, _, text = problem.partition(" ")
    is_one = variable in {one.name for one in variables().values()}
    return Finding(
        "D01",
        "error",
        variable if is_one else None,
        text if is_one else problem,
        mending.of_setting(problem),
    )


def of_unmade(error: AuthError, settings: Settings) -> Iterator[Finding]:
    """Yield the findings of what keeps an `Auth` from being made."""
    if isinstance(error, SettingsError):
        yield from map(of_settings, error.problems)
    elif isinstance(error, MissingDriverError):
        extra = error.extra
        fix = f"pip install 'jwt-auth-asgi[{extra}]'"
        yield Finding("D02", "error", None, f"{error.package} is not installed", fix)
    elif isinstance(error, UnfitTableError):
        yield Finding("D35", "error", None, str(error), mending.of_table(error, settings))
    else:
        store = error.store if isinstance(error, StoreUnavailableError) else ""
        fix = mending.of_store(store, str(error), settings)
        yield Finding("D03", "error", None, str(error), fix)


def of_stores(auth: Auth) -> Iterator[Finding]:
    """Yield the findings; where a store is out of reach, that alone."""
    try:
        auth.check()
    except PendingMigrationError as error:
        yield Finding("D30", "error", None, str(error), "jwt-auth migrate")
        return
    except AuthError as error:
        yield from of_unmade(error, auth.settings)
        if not isinstance(error, SettingsError):
            return
    try:
        yield from _of_database(auth)
        if auth.settings.redis_url is not None:
            yield from _of_redis(auth)
        yield from _of_proxies(auth)
        yield from _of_mailer(auth)
    except AuthError as error:  # it answered the first question, and this one no more
        yield from of_unmade(error, auth.settings)


def _of_database(auth: Auth) -> Iterator[Finding]:
    db = auth.database
    lacks = rights.lacking(db, "serve")
    if lacks:
        more = f"; and {len(lacks) - _SHOWN} more" if len(lacks) > _SHOWN else ""
        text = f"the database will refuse us: {'; '.join(lacks[:_SHOWN])}{more}"
        yield Finding("D37", "error", "DATABASE_URL", text, mending.of_rights(lacks, auth.settings))
        return
    count = database.count_unadopted(db)
    if count:
        text = f"{count} rows of users have no account: nobody can log in as them"
        yield Finding("D31", "warning", None, text, "jwt-auth migrate")
    for name, statement in database.missing_indexes(db).items():
        text = f"the index {name} is missing: what looks there reads whole tables"
        yield Finding("D32", "warning", None, text, mending.of_statements(statement, auth.settings))
    for name in database.unfinished_indexes(db):
        text = f"the index {name} was never finished: what looks there reads whole tables"
        statement = f"REINDEX INDEX CONCURRENTLY {name}"
        yield Finding("D32", "warning", None, text, mending.of_statements(statement, auth.settings))
    yield from _of_clock("the database", database.seconds_ahead(db))
    yield from _of_seals(auth)
    if database.is_pooled(db):
        text = "a pooler stands before PostgreSQL, and each transaction is told its limits anew"
        yield Finding("D33", "note", None, text, "nothing need be done: docs/postgres.md, Poolers")


def _of_seals(auth: Auth) -> Iterator[Finding]:
    forged = auth.audit.forged_seals()
    if forged:
        numbers = ", ".join(map(str, forged[:_SHOWN])) + (", ..." if len(forged) > _SHOWN else "")
        text = f"the audit's seals {numbers} are not what a sealer wrote: somebody changed the database"
        yield Finding("D36", "error", "ENCRYPTION_KEYS", text, "jwt-auth audit verify")


def _of_clock(whose: str, ahead: float) -> Iterator[Finding]:
    if abs(ahead) > _SKEW_SECONDS:
        word = "ahead of" if ahead > 0 else "behind"
        text = f"the clock of {whose} is {abs(ahead):.0f} seconds {word} this machine's"
        yield Finding("D34", "warning", None, text, _NO_MORE_THAN)


def _of_redis(auth: Auth) -> Iterator[Finding]:
    from jwt_auth_core.database.checks import redis  # noqa: PLC0415 - a driver
    from jwt_auth_core.database.redis import connect  # noqa: PLC0415 - a driver

    url = auth.settings.redis_url
    place = "" if url is None else url.reveal()
    try:
        client = connect(place)
        found = redis.facts(client)
        client.close()
    except AuthError as error:
        fix = f"redis-cli acl setuser {parse(place).username or 'default'} +info +time"
        yield Finding("D44", "warning", "REDIS_URL", f"cannot be looked at: {error}", fix)
        return
    for one in found:
        yield from _of_server(one, mending.redis_cli(auth.settings))


def _of_server(one: Any, client: str) -> Iterator[Finding]:
    version = tuple(int(part) for part in one.version.split(".")[:2] if part.isdigit())
    if version < _LEAST_REDIS:
        text = f"leads to version {one.version}, and the feed of revocations needs 7"
        yield Finding("D40", "error", "REDIS_URL", text, "apt-get install valkey-server")
    if one.policy != "noeviction":
        text = f"leads to a server that may drop sessions when it is full (maxmemory-policy {one.policy})"
        fix = f"{client} config set maxmemory-policy noeviction"
        yield Finding("D41", "error", "REDIS_URL", text, fix)
    if not one.is_lasting:
        text = "leads to a server that forgets all sessions when it is restarted (appendonly no)"
        yield Finding("D42", "warning", "REDIS_URL", text, f"{client} config set appendonly yes")
    yield from _of_clock("Redis", one.seconds_ahead)


def _of_proxies(auth: Auth) -> Iterator[Finding]:
    if not auth.settings.trusted_proxy_count and is_proxy_noted(auth.rate_limits):
        yield Finding(
            "D50",
            "error",
            "TRUSTED_PROXY_COUNT",
            "is 0, and within a day a private or loopback address sent X-Forwarded-For: all who come through "
            "that proxy share one limit, and the audit has its address for theirs",
            "export TRUSTED_PROXY_COUNT=1  # the number of proxies in front",
        )


def _of_mailer(auth: Auth) -> Iterator[Finding]:
    check = getattr(auth.mail.mailer, "check", None)
    refusal = None if check is None else check()
    if refusal is not None:
        text = f"leads to a server that takes no letter from us: {refusal.error}"
        yield Finding("D60", "warning", "MAIL_URL", text, mending.of_mailer(refusal.error, auth.settings))
