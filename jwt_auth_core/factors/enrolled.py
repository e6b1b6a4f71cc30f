"""Enrolled factors: which kinds a user has, in the row that logins read: ``auth_accounts.factor_kinds``.

So a login of somebody who has none asks nothing more for that.
"""

from __future__ import annotations

from typing import Final

from jwt_auth_core.database.account_row import hold_there
from jwt_auth_core.database.query import Database
from jwt_auth_core.vocabulary import UserId

_ADD: Final = "UPDATE auth_accounts SET factor_kinds = factor_kinds | %s WHERE user_id = %s"
_FIND: Final = "SELECT 1 AS found FROM auth_accounts WHERE user_id = %s AND factor_kinds <> 0"
_REMOVE: Final = """
    UPDATE auth_accounts SET factor_kinds = factor_kinds & ~%s WHERE user_id = %s RETURNING factor_kinds
"""
_CLEAR: Final = "UPDATE auth_accounts SET factor_kinds = 0 WHERE user_id = %s AND factor_kinds <> 0"


class EnrolledFactors:
    """Each method belongs into the transaction of the change, and raises UnavailableError as it does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lock(self, user_id: UserId) -> None:
        """Have everybody wait who changes the user's factors; to be called before they are looked at.

        Raises:
            UserNotFoundError: the user is gone, or has no account of its own.
        """
        hold_there(self._database, user_id)

    def add(self, user_id: UserId, kind: int) -> None:
        """Note that the user has a factor of this kind: a bit of ``factor.py``."""
        self._database.query(_ADD, (kind, user_id))

    def has_any(self, user_id: UserId) -> bool:
        """Tell whether the user has a factor, as of now."""
        return self._database.query(_FIND, (user_id,), fetch="one") is not None

    def remove(self, user_id: UserId, kind: int) -> bool:
        """Note that the user has none of this kind any more; tell whether some of another kind is left."""
        rows = self._database.query(_REMOVE, (kind, user_id), fetch="all")
        return any(row["factor_kinds"] for row in rows)

    def clear(self, user_id: UserId) -> bool:
        """Note that the user has no factor; tell whether there was one."""
        return self._database.query(_CLEAR, (user_id,)) == 1
