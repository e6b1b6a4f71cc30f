"""Whether a database is fit: its clock, its indexes, rows without an account, a pooler before it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.postgres_session import PROBE
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import statements
from jwt_auth_core.database.statement import Dialect

_NOW: Final = "SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8 AS now"
_INDEX: Final = re.compile(r"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?(\w+).*", re.DOTALL)
_DROPPED: Final = re.compile(r"DROP INDEX (?:IF EXISTS )?(\w+)")
_INDEXES: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT indexname AS name FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
}
_UNFINISHED: Final = """
    SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = ANY (current_schemas(false)) ORDER BY 1
"""
_UNADOPTED: Final = """
    SELECT count(*) AS n FROM users u
    WHERE NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = u.user_id)
"""


def seconds_ahead(db: Database, *, clock: Callable[[], float] = time.time) -> float:
    """Return how far the clock of a database is ahead of this process's; the embedded one has no other."""
    if db.dialect == "sqlite":
        return 0.0
    before = clock()
    now: float = db.query(_NOW, fetch="all")[0]["now"]
    return now - (before + clock()) / 2


def missing_indexes(db: Database) -> dict[str, str]:
    """Return the statement of each index of ours that should be there and is not, by its name."""
    there = {row["name"] for row in db.query(_INDEXES[db.dialect], fetch="all")}
    return {name: text for name, text in _ours(db.dialect).items() if name not in there}


def unfinished_indexes(db: Database) -> list[str]:
    """Return the names of our indexes that PostgreSQL keeps and does not use: `CONCURRENTLY` gave up."""
    if db.dialect == "sqlite":
        return []
    ours = _ours(db.dialect)
    return [row["name"] for row in db.query(_UNFINISHED, fetch="all") if row["name"] in ours]


def _ours(dialect: Dialect) -> dict[str, str]:
    texts = tuple(statements(dialect))
    made = {found[1]: found[0] for text in texts if (found := _INDEX.search(text))}
    dropped = {found[1] for text in texts if (found := _DROPPED.search(text))}
    return {name: text for name, text in made.items() if name not in dropped}


def count_unadopted(db: Database) -> int:
    """Return how many rows of ``users`` have no account."""
    count: int = db.query(_UNADOPTED, fetch="all")[0]["n"]
    return count


def is_pooled(db: Database) -> bool:
    """Tell whether something before the server keeps back what a session is told at its start."""
    if db.dialect == "sqlite":
        return False
    told: str | None = db.query(PROBE, fetch="all")[0]["current_setting"]
    return told != "on"
