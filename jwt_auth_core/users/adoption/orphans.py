"""Accounts whose user is gone, as programs leave them that write to SQLite without its foreign keys.

Nobody can log in with one, and nobody else gets its identity: a user that is there would be locked out.
PostgreSQL has none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.database.query import Database

_ANY: Final = """
    SELECT 1 FROM auth_accounts a WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = a.user_id) LIMIT 1
"""
# The same UUID in other letters is the same user, who stays disabled, with the same scopes. Materialized, so
# that SQLite makes an index for it.
_RESPELL: Final = """
    WITH p AS MATERIALIZED (
        SELECT user_id, lower(replace(user_id, '-', '')) AS digits FROM users WHERE typeof(user_id) = 'text')
    UPDATE OR IGNORE auth_accounts SET user_id = p.user_id FROM p
    WHERE p.digits = lower(replace(auth_accounts.user_id, '-', ''))
      AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = auth_accounts.user_id)
      AND NOT EXISTS (SELECT 1 FROM auth_accounts o WHERE o.user_id = p.user_id)
"""
_YIELD: Final = """
    DELETE FROM auth_accounts
    WHERE email_canonical IN (SELECT value FROM json_each(%s))
      AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = auth_accounts.user_id)
"""
# While a row has the address, however odd the row's id is, nobody else may register it.
_FORGET: Final = """
    DELETE FROM auth_accounts
    WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = auth_accounts.user_id)
      AND email_canonical NOT IN (SELECT lower(trim(u.email)) FROM users u WHERE u.email IS NOT NULL)
"""


def respell(db: Database) -> None:
    """Give accounts back to rows whose id is written in other letters now."""
    if _has_any(db):
        db.query(_RESPELL)


def make_way(db: Database, identities: Sequence[str]) -> None:
    """Drop those that have identities of rows which are there; in the transaction that gives them out."""
    if db.dialect == "sqlite":
        db.query(_YIELD, (json.dumps(identities),))


def forget(db: Database) -> None:
    """Drop those whose identity no row has."""
    if _has_any(db):
        db.query(_FORGET)


def _has_any(db: Database) -> bool:
    return db.dialect == "sqlite" and db.query(_ANY) == 1
