"""Rows of ``users`` that have no account, in pieces that no statement needs long for.

PostgreSQL ends a statement after seconds, and our waiting ends too: however large the table is, it is gone
through by its key. No index has the order of age, in which rows of one identity are adopted, so those
are found first, by a number for each identity, and come last.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row

WINDOW: Final = 20_000
"""How many rows of the table one statement looks at."""

_END: Final = """
    SELECT user_id FROM users WHERE user_id IS NOT NULL AND (%s::uuid IS NULL OR user_id > %s::uuid)
    ORDER BY user_id LIMIT 1 OFFSET %s
"""
_WITHOUT: Final = """
    SELECT u.user_id, u.email FROM users u
    WHERE u.user_id IS NOT NULL
      AND (%s::uuid IS NULL OR u.user_id > %s::uuid) AND (%s::uuid IS NULL OR u.user_id <= %s::uuid)
      AND NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = u.user_id)
"""
_BY_AGE: Final = """
    SELECT user_id, email FROM users WHERE user_id = ANY (%s::uuid[]) ORDER BY created_at NULLS FIRST, user_id
"""

Identify = Callable[[Row], str | None]


def unadopted(db: Database, identity: Identify) -> Iterator[Sequence[Row]]:
    """Return all rows without an account in PostgreSQL: of those with one identity the earliest first."""
    numbers = array("Q", (_number(identity(row)) for rows in _windows(db) for row in rows))
    if not numbers:
        return
    shared = {one for one, next_one in pairwise(sorted(numbers)) if one == next_one}
    later = list[str]()
    for rows in _windows(db):
        later += [row["user_id"] for row in rows if _number(identity(row)) in shared]
        yield [row for row in rows if _number(identity(row)) not in shared]
    yield db.query(_BY_AGE, (later,), fetch="all")


def windows(db: Database, end: LiteralString) -> Iterator[tuple[str | int | None, str | int | None]]:
    """Return the bounds of each piece of a table: behind which key, and up to which, that ``end`` finds."""
    after: str | int | None = None
    while row := db.query(end, (after, after, WINDOW - 1), fetch="one"):
        yield after, row[0]
        after = row[0]
    yield after, None


def _windows(db: Database) -> Iterator[list[Row]]:
    for after, upto in windows(db, _END):
        yield db.query(_WITHOUT, (after, after, upto, upto), fetch="all")


def _number(identity: str | None) -> int:
    """Return 64 bits for an identity; two that differ have one number so rarely that nothing is lost."""
    octets = b"" if identity is None else identity.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(octets, digest_size=8).digest())
