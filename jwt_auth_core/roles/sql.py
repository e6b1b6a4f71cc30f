"""Roles in the database, on SQLite and PostgreSQL: the tables ``auth_roles`` and ``auth_user_roles``.

What a user has of them is read with the user (users/look_ups.py).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.roles.role import LONGEST_OF_USER, Role, RoleNotFoundError, too_many
from jwt_auth_core.vocabulary import UserId

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('jwt-auth roles'))"
_ALL: Final = "SELECT name, scopes FROM auth_roles ORDER BY name"
_IS_DEFINED: Final = "SELECT 1 FROM auth_roles WHERE name = %s"
_DEFINE: Final = "INSERT INTO auth_roles (name, scopes) VALUES (%s, %s)"
_REDEFINE: Final = "UPDATE auth_roles SET scopes = %s WHERE name = %s AND scopes <> %s"
_HAS: Final = "SELECT 1 FROM auth_user_roles WHERE user_id = %s AND role = %s"
_GRANT: Final = "INSERT INTO auth_user_roles (user_id, role) VALUES (%s, %s)"
_GRANT_ALL: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO auth_user_roles (user_id, role)
        SELECT p.user_id, p.role FROM json_to_recordset(%s::json) AS p (user_id uuid, role text)
    """,
    "sqlite": """
        INSERT INTO auth_user_roles (user_id, role)
        SELECT json_extract(value, '$.user_id'), json_extract(value, '$.role') FROM json_each(%s)
    """,
}
_OF_USERS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT user_id, role FROM auth_user_roles WHERE user_id = ANY (%s::uuid[])",
    "sqlite": "SELECT user_id, role FROM auth_user_roles WHERE user_id IN (SELECT value FROM json_each(%s))",
}
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

    def grant_all(self, granted: Mapping[UserId, Sequence[str]]) -> None:
        """Give roles to users who are new, in the caller's transaction; `fits` has been asked.

        Raises:
            ConstraintError: a role is not there any more.
        """
        pairs = [{"user_id": user_id, "role": role} for user_id, roles in granted.items() for role in roles]
        if pairs:
            self._database.query(_GRANT_ALL[self._database.dialect], (json.dumps(pairs),))

    def of_users(self, user_ids: Sequence[UserId]) -> Mapping[str, Sequence[str]]:
        """Return the names of the roles that each of these users has, who has any."""
        dialect = self._database.dialect
        given = list(user_ids) if dialect == "postgres" else json.dumps(user_ids)
        found = dict[str, list[str]]()
        for row in self._database.query(_OF_USERS[dialect], (given,), fetch="all"):
            found.setdefault(row["user_id"], []).append(row["role"])
        return found

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
