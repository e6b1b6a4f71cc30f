"""Passkeys in the database, on SQLite and PostgreSQL: ``auth_passkeys`` and ``auth_passkey_handles``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.database.account_row import hold, hold_there
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.errors import UniqueViolationError
from jwt_auth_core.passkeys.passkey import Passkey, PasskeyExistsError
from jwt_auth_core.vocabulary import UserId

_HANDLE: Final = """
    INSERT INTO auth_passkey_handles (user_id, handle) VALUES (%s, %s)
    ON CONFLICT (user_id) DO UPDATE SET handle = auth_passkey_handles.handle RETURNING handle
"""
_ADD: Final = """
    INSERT INTO auth_passkeys (passkey_id, user_id, credential_id, public_key, sign_count, name, transports,
        aaguid, is_synced, is_backed_up, is_user_verified, created_at)
    SELECT %s, h.user_id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM auth_passkey_handles h
    WHERE h.user_id = %s AND (SELECT count(*) FROM auth_passkeys p WHERE p.user_id = h.user_id) < %s
"""
_FIND: Final = """
    SELECT p.*, h.handle FROM auth_passkeys p JOIN auth_passkey_handles h ON h.user_id = p.user_id
    WHERE p.credential_id = %s
"""
_OF_USER: Final = """
    SELECT p.*, h.handle FROM auth_passkeys p JOIN auth_passkey_handles h ON h.user_id = p.user_id
    WHERE p.user_id = %s ORDER BY p.created_at, p.passkey_id
"""
_RENAME: Final = "UPDATE auth_passkeys SET name = %s WHERE passkey_id = %s AND user_id = %s"
_REMOVE: Final = """
    DELETE FROM auth_passkeys WHERE passkey_id = %s AND user_id = %s
      AND (SELECT count(*) FROM auth_passkeys p WHERE p.user_id = %s) > %s
"""
_REMOVE_ALL: Final = """
    DELETE FROM auth_passkeys WHERE user_id = %s AND created_at >= %s RETURNING passkey_id
"""
_NOTE: Final = """
    UPDATE auth_passkeys SET sign_count = %s, is_backed_up = %s, last_used_at = %s
    WHERE passkey_id = %s AND (sign_count < %s OR (sign_count = 0 AND %s = 0))
"""


class SqlPasskeys:
    """A `PasskeyStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def handle_of(self, user_id: UserId, new: str) -> str:
        """See `PasskeyStore.handle_of`."""
        with self._database.transaction():
            hold_there(self._database, user_id, is_enabled=True)
            (row,) = self._database.query(_HANDLE, (user_id, new), fetch="all")
        return str(row["handle"])

    def add(self, passkey: Passkey, *, most: int) -> bool:
        """See `PasskeyStore.add`."""
        values = (
            passkey.passkey_id,
            passkey.credential_id,
            passkey.public_key,
            passkey.sign_count,
            passkey.name,
            " ".join(passkey.transports),
            passkey.aaguid,
            int(passkey.is_synced),
            int(passkey.is_backed_up),
            int(passkey.is_user_verified),
            passkey.created_at,
            passkey.user_id,
            most,
        )
        with self._database.transaction():
            hold_there(self._database, passkey.user_id, is_enabled=True)
            try:
                return self._database.query(_ADD, values) == 1
            except UniqueViolationError:
                raise PasskeyExistsError from None

    def find(self, credential_id: str) -> Passkey | None:
        """See `PasskeyStore.find`."""
        row = self._database.query(_FIND, (credential_id,), fetch="one")
        return None if row is None else _passkey(row)

    def of_user(self, user_id: UserId) -> Sequence[Passkey]:
        """See `PasskeyStore.of_user`."""
        return [_passkey(row) for row in self._database.query(_OF_USER, (user_id,), fetch="all")]

    def rename(self, passkey_id: str, user_id: UserId, name: str) -> bool:
        """See `PasskeyStore.rename`."""
        return self._database.query(_RENAME, (name, passkey_id, user_id)) == 1

    def remove(self, passkey_id: str, user_id: UserId, *, least: int) -> bool:
        """See `PasskeyStore.remove`."""
        with self._database.transaction():
            hold(self._database, user_id)
            return self._database.query(_REMOVE, (passkey_id, user_id, user_id, least)) == 1

    def remove_all(self, user_id: UserId, *, since: int = 0) -> Sequence[str]:
        """See `PasskeyStore.remove_all`."""
        with self._database.transaction():
            hold(self._database, user_id)
            rows = self._database.query(_REMOVE_ALL, (user_id, since), fetch="all")
        return sorted(row["passkey_id"] for row in rows)

    def note_use(self, passkey_id: str, *, sign_count: int, is_backed_up: bool, now: int) -> bool:
        """See `PasskeyStore.note_use`."""
        values = (sign_count, int(is_backed_up), now, passkey_id, sign_count, sign_count)
        return self._database.query(_NOTE, values) == 1


def _passkey(row: Row) -> Passkey:
    return Passkey(
        passkey_id=row["passkey_id"],
        user_id=UserId(row["user_id"]),
        credential_id=row["credential_id"],
        public_key=row["public_key"],
        handle=row["handle"],
        sign_count=row["sign_count"],
        name=row["name"],
        transports=tuple(row["transports"].split()),
        aaguid=row["aaguid"],
        is_synced=bool(row["is_synced"]),
        is_backed_up=bool(row["is_backed_up"]),
        is_user_verified=bool(row["is_user_verified"]),
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )
