"""How the row of a new user is written: a table of others may want to be told when it was made."""

from __future__ import annotations

from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.users_table import needs_time

# Nobody may take the address of a row that has no account yet, in any letters that it may be found by.
_ADD: Final = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name)
    SELECT %s, %s, %s, %s, %s WHERE NOT EXISTS (SELECT 1 FROM users WHERE email IN (%s, %s, %s))
"""
_ADD_WITH_TIME: Final = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name, created_at)
    SELECT %s, %s, %s, %s, %s, CURRENT_TIMESTAMP
    WHERE NOT EXISTS (SELECT 1 FROM users WHERE email IN (%s, %s, %s))
"""


def statement(db: Database) -> LiteralString:
    """Return the INSERT that this table takes; it adds nothing where a row has the address."""
    return _ADD_WITH_TIME if needs_time(db) else _ADD
