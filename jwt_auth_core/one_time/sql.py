"""One-time codes in the database, on SQLite and PostgreSQL: the table ``auth_tickets``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.one_time.code import Redeemed
from jwt_auth_core.vocabulary import Clock

FORGET_EVERY: Final = 32
FORGOTTEN_AT_ONCE: Final = 1_000

_KEEP: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        INSERT INTO auth_tickets (digest, kept, expires_at)
        VALUES (%s, %s, COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) + %s)
    """,
    "postgres": """
        INSERT INTO auth_tickets (digest, kept, expires_at)
        VALUES (%s, %s, COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) + %s)
    """,
}
# A code that somebody has locked is being redeemed: it is not there any more, and nobody waits for it.
_REDEEM: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_tickets WHERE digest IN (SELECT value FROM json_each(%s))
        RETURNING digest, kept, expires_at > COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS good
    """,
    "postgres": """
        WITH presented AS MATERIALIZED (
            SELECT digest FROM auth_tickets
            WHERE digest IN (SELECT json_array_elements_text(%s::json)) FOR UPDATE SKIP LOCKED
        )
        DELETE FROM auth_tickets t USING presented p WHERE t.digest = p.digest
        RETURNING t.digest, t.kept,
            t.expires_at > COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) AS good
    """,
}
_FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_tickets WHERE digest IN (SELECT digest FROM auth_tickets
            WHERE expires_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_tickets WHERE digest IN (SELECT digest FROM auth_tickets
            WHERE expires_at <= COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
            ORDER BY digest LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}


class SqlCodes:
    """A `CodeStore` in a database whose schema is there (``jwt-auth migrate``).

    Time is the database's unless a clock is given. Old codes go, a bounded number at a time,
    when new ones come.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock
        self._kept = itertools.count()

    def keep(self, digest: str, text: str, *, seconds: int) -> None:
        """See `CodeStore.keep`."""
        if next(self._kept) % FORGET_EVERY == 0:
            self._database.query(_FORGET[self._database.dialect], (self._time(), FORGOTTEN_AT_ONCE))
        self._database.query(_KEEP[self._database.dialect], (digest, text, self._time(), seconds))

    def redeem(self, digests: Sequence[str]) -> list[Redeemed]:
        """See `CodeStore.redeem`."""
        values = (json.dumps(digests), self._time())
        rows = self._database.query(_REDEEM[self._database.dialect], values, fetch="all")
        good: dict[str, str] = {row["digest"]: row["kept"] for row in rows if row["good"]}
        return [good.pop(digest, None) for digest in digests]

    def _time(self) -> int | None:
        return None if self._clock is None else self._clock()
