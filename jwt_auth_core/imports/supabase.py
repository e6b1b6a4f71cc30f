"""Supabase: ``auth.users`` as CSV, as psql's copy writes it, with the secrets of ``auth.mfa_factors`` beside.

Source: migrations and internal/models/factor.go of github.com/supabase/auth, read 2026-11-29. Passwords are
bcrypt, Argon2 or Firebase's scrypt. ``totp_secrets`` are those of verified factors, a space between; what the
project has encrypted is left behind. Names are ``first_name`` and ``last_name`` of ``raw_user_meta_data``,
else its ``full_name``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, TextIO

from jwt_auth_core.imports import csv
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.records import Fields
from jwt_auth_core.imports.values import both_names, moment, object_of, text

_NEEDED: Final = ("id", "email", "encrypted_password", "email_confirmed_at", "created_at")


def read(file: TextIO, *, now: float | None = None) -> Iterator[Entry]:
    """Return the users of a file; who is banned at this moment, or was deleted, is disabled.

    Raises:
        InvalidInputError: the file is no CSV, or lacks a column.
    """
    return csv.rows(file, partial(_user, time.time() if now is None else now), needed=_NEEDED)


def _user(now: float, line: int, fields: Fields) -> ImportedUser:
    first, last = _names(_metadata(text(fields, "raw_user_meta_data")))
    secrets, left = csv.secrets_in(text(fields, "totp_secrets"))
    banned_until = moment(fields, "banned_until")
    is_banned = banned_until is not None and banned_until > now
    return ImportedUser(
        line=line,
        old_id=text(fields, "id"),
        email=text(fields, "email"),
        password_hash=text(fields, "encrypted_password") or None,
        first_name=first,
        last_name=last,
        is_verified=bool(text(fields, "email_confirmed_at")),
        is_disabled=is_banned or bool(text(fields, "deleted_at")),
        created_at=moment(fields, "created_at"),
        totp_secrets=tuple(secrets),
        left_behind=left,
    )


def _metadata(written: str) -> Mapping[str, object]:
    try:
        found: object = json.loads(written) if written else None
    except (ValueError, RecursionError):
        raise ValueError("raw_user_meta_data is no JSON") from None
    return object_of(found, "raw_user_meta_data")


def _names(metadata: Mapping[str, object]) -> tuple[str, str]:
    words = {name: value for name, value in metadata.items() if isinstance(value, str)}
    if "first_name" in words or "last_name" in words:
        return words.get("first_name", ""), words.get("last_name", "")
    return both_names(words.get("full_name") or words.get("name") or "")
