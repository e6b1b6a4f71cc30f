"""The tables: ordered SQL files beside this module, applied once each, in one transaction (SQL-6).

A file is ``schema/<number>_<name>.<dialect>.sql``; both dialects have the same names. Nothing is
ever changed in a table that is not ours: ``users`` is created when absent, else left as it is, but for
the trigger that keeps our own table in step with it (guard.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, LiteralString

from jwt_auth_core.database.guard import guard, is_guarded, may_guard
from jwt_auth_core.database.query import LONG_WAIT_SECONDS, Database
from jwt_auth_core.database.statement import Dialect, Statement, split
from jwt_auth_core.database.users_table import refuse_unfit
from jwt_auth_core.errors import MissingTableError

_HAS_LEDGER: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT 1 WHERE to_regclass('auth_migrations') IS NOT NULL",
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'auth_migrations'",
}
_RECORD: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "INSERT INTO auth_migrations VALUES (%s, EXTRACT(EPOCH FROM now())::bigint)",
    "sqlite": "INSERT INTO auth_migrations VALUES (%s, CAST(strftime('%%s', 'now') AS INTEGER))",
}

_SET_LOCK_TIMEOUT: Final = "SELECT set_config('lock_timeout', %s, true)"


class PendingMigrationError(MissingTableError):
    """Raised when a database lacks migrations of this version; ``table`` names the files."""

    code = "pending_migration"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.args = (f"the database lacks {self.table}; run: jwt-auth migrate",)


def migrate(db: Database) -> list[str]:
    """Create what is missing and return the names of the files applied; [] when all were.

    Also puts the guard on ``users`` where the role may. Safe to call from many workers at once: one
    applies, the others wait, up to an hour, and find nothing to do. Needs no rights when nothing is missing
    (SQL-5).

    Raises:
        UnfitTableError: there is a ``users`` table that we cannot use; it says what helps.
    """
    refuse_unfit(db)
    if not (pending(db) or _is_guard_missing(db)):
        return []
    with db.long_transaction() as long:
        _lock(long)
        names = pending(long)
        for name in names:
            _apply(long, name)
        if _is_guard_missing(long):
            guard(long)
    return names


def _is_guard_missing(db: Database) -> bool:
    return not is_guarded(db) and may_guard(db)


def pending(db: Database) -> list[str]:
    """Return the names of the files that are not applied yet, in their order."""
    names = _names(db.dialect)
    if not db.query(_HAS_LEDGER[db.dialect]):
        return names
    applied = {row["name"] for row in db.query("SELECT name FROM auth_migrations", fetch="all")}
    return [name for name in names if name not in applied]


def statements(dialect: Dialect) -> list[str]:
    """Return the statements of all files, in their order, without what stands before them."""
    files = (_statements(_text(name, dialect), dialect) for name in _names(dialect))
    return [statement.text.strip() for found in files for statement in found]


def _lock(db: Database) -> None:
    # SQLite needs none: its transactions begin as the one writer.
    if db.dialect == "postgres":
        # For this lock as long as another one migrates; for a table's as ever, since whoever comes later
        # to that table waits behind us.
        usual = db.query("SELECT current_setting('lock_timeout') AS lock_timeout", fetch="all")
        db.query(_SET_LOCK_TIMEOUT, (f"{LONG_WAIT_SECONDS}s",))
        db.query("SELECT pg_advisory_xact_lock(hashtext('jwt-auth migrate'))")
        db.query(_SET_LOCK_TIMEOUT, (usual[0]["lock_timeout"],))
    db.query("CREATE TABLE IF NOT EXISTS auth_migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)")


def _apply(db: Database, name: str) -> None:
    for statement in _statements(_text(name, db.dialect), db.dialect):
        db.run(statement)
    db.query(_RECORD[db.dialect], (name,))


def _names(dialect: Dialect) -> list[str]:
    suffix = f".{dialect}.sql"
    found = files("jwt_auth_core.database").joinpath("schema").iterdir()
    return sorted(f.name.removesuffix(suffix) for f in found if f.name.endswith(suffix))


@cache
def _text(name: str, dialect: Dialect) -> str:
    folder = files("jwt_auth_core.database").joinpath("schema")
    return folder.joinpath(f"{name}.{dialect}.sql").read_text(encoding="utf-8")


@cache  # the files never change, and reading their grammar took half of a migration
def _statements(text: str, dialect: Dialect) -> tuple[Statement, ...]:
    return tuple(split(text, dialect))
