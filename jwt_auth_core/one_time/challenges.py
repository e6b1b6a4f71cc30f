"""Challenges in the database, on SQLite and PostgreSQL: the table ``auth_login_challenges``.

Not in Redis: they change with the account that they are about, and are spent with what answers them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.one_time.challenge import CHALLENGE_ATTEMPTS, BegunLogin
from jwt_auth_core.vocabulary import Clock, UserId

FORGET_EVERY: Final = 32
FORGOTTEN_AT_ONCE: Final = 1_000

_PUT: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        INSERT INTO auth_login_challenges
            (digest, user_id, methods, version, credential, instead_of, attempts_left, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) + %s)
    """,
    "postgres": """
        INSERT INTO auth_login_challenges
            (digest, user_id, methods, version, credential, instead_of, attempts_left, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) + %s)
    """,
}
_FIND: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT user_id, methods, version, credential, instead_of FROM auth_login_challenges
        WHERE digest = %s AND expires_at > COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
    """,
    "postgres": """
        SELECT user_id, methods, version, credential, instead_of FROM auth_login_challenges
        WHERE digest = %s AND expires_at > COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
    """,
}
# Of many at once each has a number of its own: the row is locked, and looked at again.
_ATTEMPT: Final = """
    UPDATE auth_login_challenges SET attempts_left = attempts_left - 1
    WHERE digest = %s AND attempts_left > 0
"""
_TAKE: Final = "DELETE FROM auth_login_challenges WHERE digest = %s"
_FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_login_challenges WHERE digest IN (SELECT digest FROM auth_login_challenges
            WHERE expires_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_login_challenges WHERE digest IN (SELECT digest FROM auth_login_challenges
            WHERE expires_at <= COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
            ORDER BY digest LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}


class SqlChallenges:
    """A `ChallengeStore` in a database whose schema is there (``jwt-auth migrate``).

    Time is the database's unless a clock is given. Old ones go, some at a time, when new ones come.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock
        self._kept = itertools.count()

    def put(self, digest: str, login: BegunLogin, *, seconds: int) -> None:
        """See `ChallengeStore.put`."""
        dialect = self._database.dialect
        if next(self._kept) % FORGET_EVERY == 0:
            self._database.query(_FORGET[dialect], (self._time(), FORGOTTEN_AT_ONCE))
        kept = (digest, login.user_id, " ".join(login.methods), login.version, login.credential)
        life = (login.instead_of, CHALLENGE_ATTEMPTS, self._time(), seconds)
        self._database.query(_PUT[dialect], (*kept, *life))

    def find(self, digest: str) -> BegunLogin | None:
        """See `ChallengeStore.find`."""
        row = self._database.query(_FIND[self._database.dialect], (digest, self._time()), fetch="one")
        if row is None:
            return None
        methods = tuple(row["methods"].split())
        return BegunLogin(
            UserId(row["user_id"]), methods, row["version"], row["credential"], row["instead_of"]
        )

    def attempt(self, digest: str) -> bool:
        """See `ChallengeStore.attempt`."""
        return self._database.query(_ATTEMPT, (digest,)) == 1

    def take(self, digest: str) -> bool:
        """See `ChallengeStore.take`."""
        return self._database.query(_TAKE, (digest,)) == 1

    def _time(self) -> int | None:
        return None if self._clock is None else self._clock()
