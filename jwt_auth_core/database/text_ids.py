"""Ids that are text in PostgreSQL, and how the column becomes one of UUIDs: statements that run as they are.

Looks at the rows, because only they tell whether each id is a UUID.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.errors import UnavailableError

_SHOWN: Final = 40
_ODD: Final = """
    SELECT user_id::text AS user_id FROM users
    WHERE user_id::text !~* '^([0-9a-f]{4}-?){7}[0-9a-f]{4}$' ORDER BY user_id LIMIT 1
"""
_DEFAULT: Final = """
    SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('users') AND attname = 'user_id' AND atthasdef
"""
_REFERENCES: Final = """
    SELECT k.conrelid::regclass::text AS place, quote_ident(k.conname) AS name,
           quote_ident(b.attname) AS column, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attname = 'user_id' AND k.confkey = ARRAY[a.attnum]
    JOIN pg_attribute b ON b.attrelid = k.conrelid AND k.conkey = ARRAY[b.attnum]
    WHERE k.confrelid = to_regclass('users') AND k.contype = 'f' AND k.conparentid = 0
    ORDER BY 1, 2
"""


def odd_id(db: Database) -> str | None:
    """Return the first id that is no UUID; None also where that cannot be told now."""
    with suppress(UnavailableError):
        row = db.query(_ODD, fetch="one")
        return None if row is None else str(row["user_id"])[:_SHOWN]
    return None


def into_uuids(db: Database) -> str:
    """Return the statements that change the column, and with it those of other tables that refer to it."""
    others = db.query(_REFERENCES, fetch="all")
    return "; ".join([*_freed(others), *_changed(db), *_bound(others)])


def _freed(others: Sequence[Row]) -> Iterator[str]:
    for other in others:
        yield f"ALTER TABLE {other['place']} DROP CONSTRAINT {other['name']}"


def _changed(db: Database) -> Iterator[str]:
    has_default = db.query(_DEFAULT) == 1
    if has_default:
        yield "ALTER TABLE users ALTER COLUMN user_id DROP DEFAULT"
    yield "ALTER TABLE users ALTER COLUMN user_id TYPE UUID USING user_id::uuid"
    if has_default:
        yield "ALTER TABLE users ALTER COLUMN user_id SET DEFAULT gen_random_uuid()"


def _bound(others: Sequence[Row]) -> Iterator[str]:
    for other in others:
        place, column = other["place"], other["column"]
        yield f"ALTER TABLE {place} ALTER COLUMN {column} TYPE UUID USING {column}::uuid"
        yield f"ALTER TABLE {place} ADD CONSTRAINT {other['name']} {other['definition']}"
