"""A database as it was before the guard stood on ``users``, or as a role without its right leaves it."""

from __future__ import annotations

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Statement

TRIGGERS = {
    "postgres": [f"DROP TRIGGER IF EXISTS auth_keep_account{name} ON users" for name in ("", "_id")],
    "sqlite": [f"DROP TRIGGER IF EXISTS auth_keep_account_{name}" for name in ("insert", "update", "delete")],
}


def unguard(db: Database) -> None:
    """Take the triggers off ``users``."""
    for text in TRIGGERS[db.dialect]:
        db.run(Statement(text, 0))
