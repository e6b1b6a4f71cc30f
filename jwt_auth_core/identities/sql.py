"""Identities in the database, on SQLite and PostgreSQL: the table ``auth_identities``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.database.account_row import hold, hold_there
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.errors import UniqueViolationError
from jwt_auth_core.identities.identity import MOST, Identity, IdentityTakenError, TooManyIdentitiesError
from jwt_auth_core.vocabulary import UserId

_COUNT: Final = "SELECT count(*) AS held FROM auth_identities WHERE user_id = %s"
_ADD: Final = """
    INSERT INTO auth_identities (issuer, subject, identity_id, user_id, email, name, linked_at, last_used_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_FIND: Final = "SELECT * FROM auth_identities WHERE issuer = %s AND subject = %s"
_OF_USER: Final = "SELECT * FROM auth_identities WHERE user_id = %s ORDER BY linked_at, identity_id"
_REMOVE: Final = "DELETE FROM auth_identities WHERE identity_id = %s AND user_id = %s"
_REMOVE_ALL: Final = "DELETE FROM auth_identities WHERE user_id = %s AND linked_at >= %s RETURNING *"
_NOTE: Final = """
    UPDATE auth_identities SET email = %s, name = %s, last_used_at = %s
    WHERE issuer = %s AND subject = %s AND user_id = %s
"""


class SqlIdentities:
    """An `IdentityStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, identity: Identity, *, most: int = MOST) -> None:
        """See `IdentityStore.add`."""
        user_id = identity.user_id
        values = (
            identity.issuer,
            identity.subject,
            identity.identity_id,
            user_id,
            identity.email,
            identity.name,
            identity.linked_at,
            identity.last_used_at,
        )
        with self._database.transaction():
            # Whoever disables the user, and whoever adds or removes what opens the account, has come before.
            hold_there(self._database, user_id, is_enabled=True)
            if self._count(user_id) >= most:
                raise TooManyIdentitiesError(most)
            try:
                self._database.query(_ADD, values)
            except UniqueViolationError:
                raise IdentityTakenError from None

    def find(self, issuer: str, subject: str) -> Identity | None:
        """See `IdentityStore.find`."""
        row = self._database.query(_FIND, (issuer, subject), fetch="one")
        return None if row is None else _identity(row)

    def of_user(self, user_id: UserId) -> Sequence[Identity]:
        """See `IdentityStore.of_user`."""
        return [_identity(row) for row in self._database.query(_OF_USER, (user_id,), fetch="all")]

    def held(self, user_id: UserId) -> int:
        """See `IdentityStore.held`."""
        hold(self._database, user_id)
        return self._count(user_id)

    def remove(self, identity_id: str, user_id: UserId) -> bool:
        """See `IdentityStore.remove`."""
        return self._database.query(_REMOVE, (identity_id, user_id)) == 1

    def remove_all(self, user_id: UserId, *, since: int = 0) -> Sequence[Identity]:
        """See `IdentityStore.remove_all`."""
        with self._database.transaction():
            hold(self._database, user_id)
            rows = self._database.query(_REMOVE_ALL, (user_id, since), fetch="all")
        return sorted(map(_identity, rows), key=lambda one: (one.linked_at, one.identity_id))

    def note_use(self, identity: Identity) -> bool:
        """See `IdentityStore.note_use`."""
        said = (identity.email, identity.name, identity.last_used_at)
        return self._database.query(_NOTE, (*said, identity.issuer, identity.subject, identity.user_id)) == 1

    def _count(self, user_id: UserId) -> int:
        (row,) = self._database.query(_COUNT, (user_id,), fetch="all")
        return int(row["held"])


def _identity(row: Row) -> Identity:
    return Identity(
        identity_id=row["identity_id"],
        issuer=row["issuer"],
        subject=row["subject"],
        user_id=UserId(row["user_id"]),
        email=row["email"],
        name=row["name"],
        linked_at=row["linked_at"],
        last_used_at=row["last_used_at"],
    )
