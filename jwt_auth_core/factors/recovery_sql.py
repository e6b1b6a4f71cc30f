"""Recovery codes in the database, on SQLite and PostgreSQL: the table ``auth_recovery_codes``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.vocabulary import UserId

_REMOVE: Final = "DELETE FROM auth_recovery_codes WHERE user_id = %s"
_ADD: Final = "INSERT INTO auth_recovery_codes (user_id, digest) VALUES (%s, %s)"
_LEFT: Final = "SELECT digest FROM auth_recovery_codes WHERE user_id = %s"
_TAKE: Final = "DELETE FROM auth_recovery_codes WHERE user_id = %s AND digest = %s"


class SqlRecoveryCodes:
    """A `RecoveryStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, user_id: UserId, digests: Collection[str]) -> None:
        """See `RecoveryStore.replace`."""
        with self._database.transaction():
            self._database.query(_REMOVE, (user_id,))
            for digest in digests:
                self._database.query(_ADD, (user_id, digest))

    def count(self, user_id: UserId) -> int:
        """See `RecoveryStore.count`."""
        return len(self._database.query(_LEFT, (user_id,), fetch="all"))

    def take(self, user_id: UserId, digest: str) -> bool:
        """See `RecoveryStore.take`."""
        return self._database.query(_TAKE, (user_id, digest)) == 1
