"""Assertions that were used, in the database, on SQLite and PostgreSQL: the table ``auth_assertions``.

In both storage worlds: a Redis that was emptied would let a stolen one in again.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect

FORGET_EVERY: Final = 32
FORGOTTEN_AT_ONCE: Final = 1_000

# Of two at once the second waits for the first, and finds its row.
_SPEND: Final = (
    "INSERT INTO auth_assertions (digest, expires_at) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING"
)
_FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_assertions WHERE digest IN (
            SELECT digest FROM auth_assertions WHERE expires_at <= %s LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_assertions WHERE digest IN (
            SELECT digest FROM auth_assertions WHERE expires_at <= %s
            ORDER BY digest LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}


class SqlAssertions:
    """An `AssertionStore` in a database whose schema is there (``jwt-auth migrate``).

    Old ones go, a bounded number at a time, when new ones come.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spent = itertools.count()

    def spend(self, digest: str, *, until: int, now: int) -> bool:
        """See `AssertionStore.spend`."""
        if next(self._spent) % FORGET_EVERY == 0:
            self._database.query(_FORGET[self._database.dialect], (now, FORGOTTEN_AT_ONCE))
        return self._database.query(_SPEND, (digest, until)) == 1
