"""Our own: what `jwt-auth export` writes, one JSON object a line, by the names of `csv.COLUMNS`.

``roles`` and ``totp_secrets`` are arrays, times are in seconds since the epoch. What an export was not asked
for is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from jwt_auth_core.imports import csv
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.json_items import items
from jwt_auth_core.imports.records import Fields, users
from jwt_auth_core.imports.values import flag, list_of, moment, text


def read(file: TextIO) -> Iterator[Entry]:
    """Return the users of a file.

    Raises:
        InvalidInputError: the file is no JSON.
    """
    return users(items(file), _user)


def line(user: ImportedUser) -> str:
    """Return the line of a user, with what the record has."""
    fields: dict[str, object] = {
        "id": user.old_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "verified": user.is_verified,
        "disabled": user.is_disabled,
        "created_at": user.created_at,
        "roles": sorted(user.roles),
    }
    if user.password_hash is not None:
        fields["password_hash"] = user.password_hash
    if user.totp_secrets:
        fields["totp_secrets"] = [secret.reveal() for secret in user.totp_secrets]
    return json.dumps(fields, separators=(",", ":")) + "\n"


def _user(line: int, fields: Fields) -> ImportedUser:
    secrets, left = csv.secrets_in(_words(fields, "totp_secrets"))
    return ImportedUser(
        line=line,
        old_id=text(fields, "id"),
        email=text(fields, "email"),
        password_hash=text(fields, "password_hash") or None,
        first_name=text(fields, "first_name"),
        last_name=text(fields, "last_name"),
        is_verified=flag(fields, "verified"),
        is_disabled=flag(fields, "disabled"),
        created_at=moment(fields, "created_at"),
        roles=frozenset(_words(fields, "roles").split()),
        totp_secrets=tuple(secrets),
        left_behind=left,
    )


def _words(fields: Fields, name: str) -> str:
    return " ".join(str(word) for word in list_of(fields.get(name), name))
