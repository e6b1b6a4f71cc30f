"""Failures: how many wrong passwords came for an account in a row, in a column of ``auth_accounts``.

A user as found has the count (`User.password_failures`); here it changes, in one atomic step each.
"""

from __future__ import annotations

from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.vocabulary import UserId

_COUNT: Final = """
    UPDATE auth_accounts SET password_failures = password_failures + 1
    WHERE user_id = %s AND password_failures < %s RETURNING password_failures
"""
_CLEAR: Final = """
    UPDATE auth_accounts SET password_failures = 0 WHERE user_id = %s AND password_failures > 0
"""


class PasswordFailures:
    """The column; every method raises UnavailableError when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, user_id: UserId, *, most: int) -> int | None:
        """Count a wrong password; return how many came in a row. It does not wait for the disk on SQLite.

        None where ``most`` were counted before, or nobody has the id: then nothing is counted.
        """
        rows = self._database.lightly(_COUNT, (user_id, most)).rows
        return int(rows[0][0]) if rows else None

    def clear(self, user_id: UserId) -> bool:
        """Begin to count anew; tell whether there were any."""
        return self._database.query(_CLEAR, (user_id,)) > 0
