"""Roles in the database, on SQLite and PostgreSQL: the tables ``auth_roles`` and ``auth_user_roles``.

What a user has of them is read with the user (users/look_ups.py).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.roles.role import LONGEST_OF_USER, Role, RoleNotFoundError, too_many
from jwt_auth_core.vocabulary import UserId

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('jwt-auth roles'))"
_ALL: Final = "SELECT name, scopes FROM auth_roles ORDER BY name"
_IS_DEFINED: Final = "SELECT 1 FROM auth_roles WHERE name = %s"
_DEFINE: Final = "INSERT INTO auth_roles (name, scopes) VALUES (%s, %s)"
_REDEFINE: Final = "UPDATE auth_roles SET scopes = %s WHERE name = %s AND scopes <> %s"
_HAS: Final = "SELECT 1 FROM auth_user_roles WHERE user_id = %s AND role = %s"
_GRANT: Final = "INSERT INTO auth_user_roles (user_id, role) VALUES (%s, %s)"
_REVOKE: Final = "DELETE FROM auth_user_roles WHERE user_id = %s AND role = %s"
# A space behind the name, what stands between roles, and the quotation marks and the comma in a token.
_TOO_LONG: Final = """
    SELECT 1 FROM auth_user_roles g JOIN auth_roles r ON r.name = g.role
    WHERE g.user_id IN (SELECT h.user_id FROM auth_user_roles h WHERE h.role = %s)
    GROUP BY g.user_id HAVING SUM(LENGTH(r.name) + LENGTH(r.scopes) + 4) > %s LIMIT 1
"""


class SqlRoles:
    """A `RoleStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, role: Role) -> bool:
        """See `RoleStore.put`."""
        with self._turn():
            if self._is_defined(role.name):
                changed = self._database.query(_REDEFINE, (role.text, role.name, role.text)) == 1
            else:
                changed = self._database.query(_DEFINE, (role.name, role.text)) == 1
            self._refuse_too_long(role.name)
        return changed

    def all(self) -> Sequence[Role]:
        """See `RoleStore.all`."""
        rows = self._database.query(_ALL, fetch="all")
        return [Role(row["name"], frozenset(row["scopes"].split())) for row in rows]

    def grant(self, user_id: UserId, name: str) -> bool:
        """See `RoleStore.grant`."""
        with self._turn():
            self._refuse_undefined(name)
            if self._database.query(_HAS, (user_id, name)):
                return False
            self._database.query(_GRANT, (user_id, name))
            self._refuse_too_long(name)
        return True

    def revoke(self, user_id: UserId, name: str) -> bool:
        """See `RoleStore.revoke`."""
        self._refuse_undefined(name)
        return self._database.query(_REVOKE, (user_id, name)) == 1

    @contextmanager
    def _turn(self) -> Generator[None]:
        """Hold a transaction, beside which no other changes what users have."""
        with self._database.transaction():
            if self._database.dialect == "postgres":
                self._database.query(_TURN)
            yield

    def _is_defined(self, name: str) -> bool:
        return self._database.query(_IS_DEFINED, (name,)) == 1

    def _refuse_undefined(self, name: str) -> None:
        if not self._is_defined(name):
            raise RoleNotFoundError(name)

    def _refuse_too_long(self, name: str) -> None:
        if self._database.query(_TOO_LONG, (name, LONGEST_OF_USER)):
            raise too_many(name)
