"""CSV with a line of names first (RFC 4180): columns by our names, or by others that are said to be ours.

`email` must be there; of the others (`COLUMNS`) those that are there are read. Roles and secrets of
authenticator apps stand in one column each, a space between.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, TextIO

from jwt_auth_core.imports import totp
from jwt_auth_core.imports.imported_user import Entry, ImportedUser, Remark
from jwt_auth_core.imports.json_items import LONGEST_ITEM, unreadable
from jwt_auth_core.imports.records import Fields, Make, made
from jwt_auth_core.imports.values import flag, moment, text
from jwt_auth_core.vocabulary import Secret

COLUMNS: Final = (
    "id",
    "email",
    "password_hash",
    "first_name",
    "last_name",
    "verified",
    "disabled",
    "created_at",
    "roles",
    "totp_secrets",
)
_NONE: Final[Mapping[str, str]] = {}


def read(file: TextIO, *, columns: Mapping[str, str] = _NONE) -> Iterator[Entry]:
    """Return the users of a file; ``columns`` has names of the file by ours.

    Raises:
        InvalidInputError: the file is no CSV, or lacks a column.
    """
    names = {ours: columns.get(ours, ours) for ours in COLUMNS}
    return rows(file, partial(_user, names), needed=(names["email"], *columns.values()))


def rows(file: TextIO, make: Make, *, needed: tuple[str, ...]) -> Iterator[Entry]:
    """Return a user of each row, whose fields are by the names of the first line.

    Raises:
        InvalidInputError: the file is no CSV, or lacks a column that is needed.
    """
    csv.field_size_limit(LONGEST_ITEM)
    reader = csv.DictReader(file, strict=True)
    lacking = [name for name in needed if name not in (_names(reader) or ())]
    if lacking:
        raise unreadable(1, f"there is no column {', '.join(lacking)}")
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise unreadable(line, "it is no CSV") from None
        if None in row or None in row.values():
            yield Remark(line, "it has another number of columns than the first line")
        else:
            yield made(line, row, make)


def secrets_in(words: str) -> tuple[list[Secret], tuple[str, ...]]:
    """Return the secrets of a text with spaces between, and a name for each that is none."""
    found = [totp.of_base32(word) for word in words.split()]
    return [one for one in found if one is not None], ("totp",) * found.count(None)


def _names(reader: csv.DictReader[str]) -> list[str] | None:
    try:
        return list(reader.fieldnames or ())
    except csv.Error:
        return None


def _user(names: Mapping[str, str], line: int, fields: Fields) -> ImportedUser:
    secrets, left = secrets_in(text(fields, names["totp_secrets"]))
    return ImportedUser(
        line=line,
        old_id=text(fields, names["id"]),
        email=text(fields, names["email"]),
        password_hash=text(fields, names["password_hash"]) or None,
        first_name=text(fields, names["first_name"]),
        last_name=text(fields, names["last_name"]),
        is_verified=flag(fields, names["verified"]),
        is_disabled=flag(fields, names["disabled"]),
        created_at=moment(fields, names["created_at"]),
        roles=frozenset(text(fields, names["roles"]).split()),
        totp_secrets=tuple(secrets),
        left_behind=left,
    )
