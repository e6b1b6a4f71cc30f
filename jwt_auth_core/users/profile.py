"""Profiles: what a user may change about itself and nobody goes by."""

from __future__ import annotations

from typing import Final, Protocol

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.users_table import widths
from jwt_auth_core.errors import FieldError, InvalidInputError, InvalidValueError, QueryError
from jwt_auth_core.vocabulary import UserId

_RENAME: Final = """
    UPDATE users SET first_name = COALESCE(%s, first_name), last_name = COALESCE(%s, last_name)
    WHERE user_id = %s
"""


class Profiles(Protocol):
    """Where they are kept; raises UnavailableError when the store does not answer."""

    def rename(self, user_id: UserId, *, first_name: str | None, last_name: str | None) -> bool:
        """Change a user's names, None leaves one as it is; False where there is no such user.

        Raises:
            InvalidInputError: a name is too long for the table that was there.
        """
        ...


class SqlProfiles:
    """In the documented table, on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rename(self, user_id: UserId, *, first_name: str | None, last_name: str | None) -> bool:
        """See `Profiles.rename`."""
        try:
            return self._database.query(_RENAME, (first_name, last_name, user_id)) == 1
        except (QueryError, InvalidValueError) as error:
            limits = widths(self._database)
            given = {"first_name": first_name, "last_name": last_name}
            too_long = [
                FieldError(name, "too_long", f"must be at most {limits[name]} characters long")
                for name, text in given.items()
                if name in limits and text is not None and len(text) > limits[name]
            ]
            if not too_long:
                raise
            raise InvalidInputError(too_long) from error
