"""API keys in the database, on SQLite and PostgreSQL: the table ``auth_api_keys``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.api_keys.api_key import USE_SECONDS, ApiKey
from jwt_auth_core.database.account_row import hold, hold_there
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.vocabulary import UserId

_ADD: Final = """
    INSERT INTO auth_api_keys (key_id, user_id, digest, name, scopes, created_at, expires_at)
    SELECT %s, a.user_id, %s, %s, %s, %s, %s FROM auth_accounts a
    WHERE a.user_id = %s AND (SELECT count(*) FROM auth_api_keys k WHERE k.user_id = a.user_id) < %s
"""
_FIND: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT digest, key_id, user_id, name, scopes, created_at, expires_at, last_used_at
        FROM auth_api_keys WHERE digest IN (SELECT value FROM json_each(%s))
    """,
    "postgres": """
        SELECT digest, key_id, user_id, name, scopes, created_at, expires_at, last_used_at
        FROM auth_api_keys WHERE digest IN (SELECT json_array_elements_text(%s::json))
    """,
}
_OF_USER: Final = """
    SELECT key_id, user_id, name, scopes, created_at, expires_at, last_used_at
    FROM auth_api_keys WHERE user_id = %s ORDER BY created_at, key_id
"""
_REMOVE: Final = "DELETE FROM auth_api_keys WHERE key_id = %s RETURNING user_id"
_REMOVE_OWN: Final = "DELETE FROM auth_api_keys WHERE key_id = %s AND user_id = %s RETURNING user_id"
_REMOVE_ALL: Final = "DELETE FROM auth_api_keys WHERE user_id = %s RETURNING key_id"
# Of several processes that note the same keys none waits for another.
_NOTE: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        UPDATE auth_api_keys SET last_used_at = %s
        WHERE key_id IN (SELECT value FROM json_each(%s)) AND (last_used_at IS NULL OR last_used_at <= %s)
    """,
    "postgres": """
        UPDATE auth_api_keys SET last_used_at = %s WHERE key_id IN (
            SELECT key_id FROM auth_api_keys
            WHERE key_id IN (SELECT json_array_elements_text(%s::json))
              AND (last_used_at IS NULL OR last_used_at <= %s)
            ORDER BY key_id FOR UPDATE SKIP LOCKED)
    """,
}


class SqlApiKeys:
    """An `ApiKeyStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: ApiKey, digest: str, *, most: int) -> bool:
        """See `ApiKeyStore.add`."""
        scopes = " ".join(sorted(key.scopes))
        values = (key.key_id, digest, key.name, scopes, key.created_at, key.expires_at, key.user_id, most)
        with self._database.transaction():
            # Whoever disables the owner, and whoever adds another key, has come before or waits.
            hold_there(self._database, key.user_id, is_enabled=True)
            return self._database.query(_ADD, values) == 1

    def find(self, digests: Sequence[str]) -> Mapping[str, ApiKey]:
        """See `ApiKeyStore.find`."""
        rows = self._database.query(_FIND[self._database.dialect], (json.dumps(digests),), fetch="all")
        return {row["digest"]: key_of(row) for row in rows}

    def of_user(self, user_id: UserId) -> Sequence[ApiKey]:
        """See `ApiKeyStore.of_user`."""
        return [key_of(row) for row in self._database.query(_OF_USER, (user_id,), fetch="all")]

    def remove(self, key_id: str, *, user_id: UserId | None = None) -> UserId | None:
        """See `ApiKeyStore.remove`."""
        if user_id is None:
            row = self._database.query(_REMOVE, (key_id,), fetch="one")
        else:
            row = self._database.query(_REMOVE_OWN, (key_id, user_id), fetch="one")
        return None if row is None else UserId(row["user_id"])

    def remove_all(self, user_id: UserId) -> Sequence[str]:
        """See `ApiKeyStore.remove_all`."""
        with self._database.transaction():
            hold(self._database, user_id)
            rows = self._database.query(_REMOVE_ALL, (user_id,), fetch="all")
        return sorted(row["key_id"] for row in rows)

    def note_uses(self, key_ids: Sequence[str], *, now: int) -> None:
        """See `ApiKeyStore.note_uses`."""
        values = (now, json.dumps(key_ids), now - USE_SECONDS)
        self._database.query(_NOTE[self._database.dialect], values)


def key_of(row: Row) -> ApiKey:
    """Return the key of a row that has all of its columns."""
    return ApiKey(
        key_id=row["key_id"],
        user_id=UserId(row["user_id"]),
        name=row["name"],
        scopes=frozenset(row["scopes"].split()),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )
