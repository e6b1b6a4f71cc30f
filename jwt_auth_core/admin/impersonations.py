"""The impersonations that last, on SQLite and PostgreSQL: the table ``auth_impersonations``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.admin.impersonation import Impersonation
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.vocabulary import SessionId, UserId

_ADD: Final = """
    INSERT INTO auth_impersonations (impersonation_id, actor_id, user_id, ends_at) VALUES (%s, %s, %s, %s)
"""
_REMOVE: Final = "DELETE FROM auth_impersonations WHERE impersonation_id = %s"
_FIND: Final = """
    SELECT impersonation_id, actor_id, user_id, ends_at FROM auth_impersonations WHERE impersonation_id = %s
"""
_OF_ACTOR: Final = """
    SELECT impersonation_id, actor_id, user_id, ends_at FROM auth_impersonations
    WHERE actor_id = %s ORDER BY ends_at
"""
_OVER: Final = """
    SELECT impersonation_id, actor_id, user_id, ends_at FROM auth_impersonations
    WHERE ends_at <= %s ORDER BY ends_at LIMIT %s
"""


class SqlImpersonations:
    """Keeps them in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, one: Impersonation) -> None:
        """Keep one."""
        self._database.query(_ADD, (one.impersonation_id, one.actor_id, one.user_id, one.ends_at))

    def remove(self, impersonation_id: SessionId) -> bool:
        """Forget one; tell whether it was there: of many at once, one ends it."""
        return self._database.query(_REMOVE, (impersonation_id,)) == 1

    def find(self, impersonation_id: str) -> Sequence[Impersonation]:
        """Return the one of an id, or none."""
        return _made(self._database.query(_FIND, (impersonation_id,), fetch="all"))

    def of_actor(self, actor_id: UserId) -> Sequence[Impersonation]:
        """Return those of an admin."""
        return _made(self._database.query(_OF_ACTOR, (actor_id,), fetch="all"))

    def over(self, *, now: int, most: int) -> Sequence[Impersonation]:
        """Return some whose time is over."""
        return _made(self._database.query(_OVER, (now, most), fetch="all"))


def _made(rows: Sequence[Row]) -> Sequence[Impersonation]:
    return [
        Impersonation(SessionId(impersonation_id), UserId(actor_id), UserId(str(user_id)), ends_at)
        for impersonation_id, actor_id, user_id, ends_at in rows
    ]
