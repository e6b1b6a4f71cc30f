"""Authenticator apps in the database, on SQLite and PostgreSQL: the table ``auth_totp``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.factors.totp import TotpApp
from jwt_auth_core.keys.encryption.vault import Encrypted, Vault
from jwt_auth_core.vocabulary import UserId

_REMOVE_PENDING: Final = "DELETE FROM auth_totp WHERE user_id = %s AND confirmed_at IS NULL"
_ADD: Final = """
    INSERT INTO auth_totp (factor_id, user_id, name, key_id, secret, created_at)
    VALUES (%s, %s, %s, %s, %s, %s)
"""
_ADD_CONFIRMED: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO auth_totp (factor_id, user_id, name, key_id, secret, last_step, created_at, confirmed_at)
        SELECT p.factor_id, p.user_id, p.name, p.key_id, p.secret, p.last_step, p.created_at, p.created_at
        FROM json_to_recordset(%s::json) AS p (factor_id text, user_id uuid, name text, key_id text,
                                               secret text, last_step bigint, created_at bigint)
    """,
    "sqlite": """
        INSERT INTO auth_totp (factor_id, user_id, name, key_id, secret, last_step, created_at, confirmed_at)
        SELECT json_extract(value, '$.factor_id'), json_extract(value, '$.user_id'),
               json_extract(value, '$.name'), json_extract(value, '$.key_id'),
               json_extract(value, '$.secret'), json_extract(value, '$.last_step'),
               json_extract(value, '$.created_at'), json_extract(value, '$.created_at')
        FROM json_each(%s)
    """,
}
_OF_USERS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT factor_id, user_id, name, key_id, secret, created_at, last_step, last_used_at FROM auth_totp
        WHERE user_id = ANY (%s::uuid[]) AND confirmed_at IS NOT NULL ORDER BY created_at, factor_id
    """,
    "sqlite": """
        SELECT factor_id, user_id, name, key_id, secret, created_at, last_step, last_used_at FROM auth_totp
        WHERE user_id IN (SELECT value FROM json_each(%s)) AND confirmed_at IS NOT NULL
        ORDER BY created_at, factor_id
    """,
}
_PENDING: Final = """
    SELECT factor_id, user_id, name, key_id, secret, created_at, last_step, last_used_at FROM auth_totp
    WHERE user_id = %s AND confirmed_at IS NULL AND created_at > %s
"""
_OF_USER: Final = """
    SELECT factor_id, user_id, name, key_id, secret, created_at, last_step, last_used_at FROM auth_totp
    WHERE user_id = %s AND confirmed_at IS NOT NULL ORDER BY created_at, factor_id
"""
_CONFIRM: Final = """
    UPDATE auth_totp SET confirmed_at = %s, last_step = %s, last_used_at = %s
    WHERE factor_id = %s AND confirmed_at IS NULL
"""
# Of many at once each waits for the row, and finds the step of the first: a code is good once (OTP-2).
_USE: Final = """
    UPDATE auth_totp SET last_step = %s, last_used_at = %s
    WHERE factor_id = %s AND last_step < %s AND confirmed_at IS NOT NULL
"""
_REMOVE: Final = "DELETE FROM auth_totp WHERE user_id = %s AND factor_id = %s AND confirmed_at IS NOT NULL"
_REMOVE_ALL: Final = "DELETE FROM auth_totp WHERE user_id = %s"
_FORGET: Final = "DELETE FROM auth_totp WHERE user_id = %s AND created_at >= %s"
_KEY_IDS: Final = "SELECT DISTINCT key_id FROM auth_totp ORDER BY key_id"
_OTHERS: Final = """
    SELECT factor_id, user_id, name, key_id, secret, created_at, last_step, last_used_at FROM auth_totp
    WHERE key_id <> %s ORDER BY key_id, factor_id LIMIT %s
"""
_REPLACE: Final = """
    UPDATE auth_totp SET key_id = %s, secret = %s WHERE factor_id = %s AND key_id = %s AND secret = %s
"""


class SqlTotp:
    """A `TotpStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, app: TotpApp) -> None:
        """See `TotpStore.add`."""
        secret = (app.secret.key_id, app.secret.text)
        with self._database.transaction():
            self._database.query(_REMOVE_PENDING, (app.user_id,))
            self._database.query(_ADD, (app.factor_id, app.user_id, app.name, *secret, app.created_at))

    def add_confirmed(self, apps: Sequence[TotpApp]) -> None:
        """Keep apps of another system, which count at once, in the caller's transaction.

        `EnrolledFactors.add` is to be done for their users.
        """
        rows = [{**asdict(app), "key_id": app.secret.key_id, "secret": app.secret.text} for app in apps]
        if rows:
            self._database.query(_ADD_CONFIRMED[self._database.dialect], (json.dumps(rows),))

    def of_users(self, user_ids: Sequence[UserId]) -> Sequence[TotpApp]:
        """Return the confirmed apps of many users, the oldest first."""
        dialect = self._database.dialect
        given = list(user_ids) if dialect == "postgres" else json.dumps(user_ids)
        return [_app(row) for row in self._database.query(_OF_USERS[dialect], (given,), fetch="all")]

    def pending(self, user_id: UserId, *, since: int) -> TotpApp | None:
        """See `TotpStore.pending`."""
        row = self._database.query(_PENDING, (user_id, since), fetch="one")
        return None if row is None else _app(row)

    def of_user(self, user_id: UserId) -> Sequence[TotpApp]:
        """See `TotpStore.of_user`."""
        return [_app(row) for row in self._database.query(_OF_USER, (user_id,), fetch="all")]

    def confirm(self, factor_id: str, *, step: int, now: int) -> bool:
        """See `TotpStore.confirm`."""
        return self._database.query(_CONFIRM, (now, step, now, factor_id)) == 1

    def use(self, factor_id: str, *, step: int, now: int) -> bool:
        """See `TotpStore.use`."""
        return self._database.query(_USE, (step, now, factor_id, step)) == 1

    def remove(self, user_id: UserId, factor_id: str | None = None) -> int:
        """See `TotpStore.remove`."""
        if factor_id is not None:
            return self._database.query(_REMOVE, (user_id, factor_id))
        with self._database.transaction():
            self._database.query(_REMOVE_PENDING, (user_id,))
            return self._database.query(_REMOVE_ALL, (user_id,))

    def forget(self, user_id: UserId, since: int | None) -> int:
        """Forget the user's apps that were added from a time on, confirmed or not; tell how many.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._database.query(_FORGET, (user_id, since or 0))

    def key_ids(self) -> list[str]:
        """Return the ids of the keys that secrets are encrypted under.

        Raises:
            UnavailableError: the database does not answer.
        """
        return [row["key_id"] for row in self._database.query(_KEY_IDS, fetch="all")]

    def reencrypt(self, vault: Vault, *, most: int) -> int:
        """Encrypt some secrets of older keys anew under the newest; return how many there were.

        What changes meanwhile is left, and found the next time.

        Raises:
            EncryptionNotConfiguredError: there is no key.
            UndecipherableError: a secret was changed in the store, or its key is not there.
            UnavailableError: the database does not answer.
        """
        old = [_app(row) for row in self._database.query(_OTHERS, (vault.newest, most), fetch="all")]
        for app in old:
            new = vault.encrypt(vault.decrypt(app.secret, place=app.place), place=app.place)
            before = (app.factor_id, app.secret.key_id, app.secret.text)
            self._database.query(_REPLACE, (new.key_id, new.text, *before))
        return len(old)


def _app(row: Row) -> TotpApp:
    return TotpApp(
        factor_id=row["factor_id"],
        user_id=UserId(row["user_id"]),
        name=row["name"],
        secret=Encrypted(row["key_id"], row["secret"]),
        created_at=row["created_at"],
        last_step=row["last_step"],
        last_used_at=row["last_used_at"],
    )
