"""fastapi-users: the table ``user`` as CSV, as psql's copy or SQLite's csv mode writes it.

Source: `SQLAlchemyBaseUserTable` of fastapi-users-db-sqlalchemy 7.0.0, read 2026-11-29. Passwords are
Argon2id or bcrypt. Who has ``is_superuser`` has the role of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from jwt_auth_core.imports import csv
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.records import Fields
from jwt_auth_core.imports.values import flag, text

SUPERUSER: Final = "is_superuser"
_NEEDED: Final = ("id", "email", "hashed_password", "is_active", "is_verified")


def read(file: TextIO) -> Iterator[Entry]:
    """Return the users of a file.

    Raises:
        InvalidInputError: the file is no CSV, or lacks a column.
    """
    return csv.rows(file, _user, needed=_NEEDED)


def _user(line: int, fields: Fields) -> ImportedUser:
    return ImportedUser(
        line=line,
        old_id=text(fields, "id"),
        email=text(fields, "email"),
        password_hash=text(fields, "hashed_password") or None,
        first_name=text(fields, "first_name"),
        last_name=text(fields, "last_name"),
        is_verified=flag(fields, "is_verified"),
        is_disabled=not flag(fields, "is_active", default=True),
        roles=frozenset({SUPERUSER} if flag(fields, SUPERUSER) else ()),
    )
