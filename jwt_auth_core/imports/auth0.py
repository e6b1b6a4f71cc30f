"""Auth0: the export of password hashes (by a support request) or of profiles, JSON lines or an array.

Sources, read 2026-11-29: export-password-hashes-and-mfa-secrets, bulk-user-exports, bulk-user-import-schema
below auth0.com/docs/manage-users/user-migration/. Hashes are bcrypt; of ``custom_password_hash`` come along
PHC texts and bcrypt. An ``_id`` alone is that of a database connection: the subject is ``auth0|<id>``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from jwt_auth_core.imports import totp
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.json_items import items
from jwt_auth_core.imports.records import Fields, users
from jwt_auth_core.imports.values import both_names, flag, list_of, moment, object_of, text
from jwt_auth_core.vocabulary import Secret


def read(file: TextIO) -> Iterator[Entry]:
    """Return the users of a file.

    Raises:
        InvalidInputError: the file is no JSON.
    """
    return users(items(file), _user)


def _user(line: int, fields: Fields) -> ImportedUser:
    first, last = text(fields, "given_name"), text(fields, "family_name")
    if not (first or last):
        name = text(fields, "name")
        first, last = ("", "") if "@" in name else both_names(name)
    secrets, left = _factors(list_of(fields.get("mfa_factors"), "mfa_factors"))
    return ImportedUser(
        line=line,
        old_id=_subject(fields),
        email=text(fields, "email"),
        password_hash=_hash(fields),
        first_name=first,
        last_name=last,
        is_verified=flag(fields, "email_verified"),
        is_disabled=flag(fields, "blocked"),
        created_at=moment(fields, "created_at"),
        totp_secrets=secrets,
        left_behind=left,
    )


def _subject(fields: Fields) -> str:
    subject = text(fields, "user_id")
    if subject:
        return subject if "|" in subject else f"auth0|{subject}"
    number = fields.get("_id")
    own = number if isinstance(number, str) else text(object_of(number, "_id"), "$oid")
    return f"auth0|{own}" if own else ""


def _hash(fields: Fields) -> str | None:
    found = text(fields, "passwordHash") or text(fields, "password_hash")
    if found:
        return found
    custom = object_of(fields.get("custom_password_hash"), "custom_password_hash")
    return text(object_of(custom.get("hash"), "custom_password_hash.hash"), "value") or None


def _factors(found: Sequence[object]) -> tuple[tuple[Secret, ...], tuple[str, ...]]:
    secrets, left = list[Secret](), list[str]()
    for factor in found:
        for kind, value in object_of(factor, "a factor").items():
            secret = totp.of_base32(text(object_of(value, kind), "secret")) if kind == "totp" else None
            if secret is None:
                left.append(kind)
            else:
                secrets.append(secret)
    return tuple(secrets), tuple(left)
