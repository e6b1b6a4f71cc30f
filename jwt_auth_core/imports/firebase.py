"""Firebase Authentication: the JSON of `firebase auth:export`, and the hash parameters of the console.

Sources, read 2026-11-29: firebase.google.com/docs/cli/auth and src/accountExporter.ts of firebase-tools. The
export has no second factors, and of passwords only those in the project's own scrypt. `createdAt` is in
milliseconds.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from typing import Final, TextIO

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.json_items import items
from jwt_auth_core.imports.records import Fields, users
from jwt_auth_core.imports.values import base64_of, both_names, flag, moment, text
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_LINE: Final = re.compile(
    r"(base64_signer_key|base64_salt_separator|rounds|mem_cost)\s*:\s*[\"']?([^\s\"',]+)"
)
NO_CONFIG: Final = "its password needs the project's hash parameters: --hash-config"


@dataclass(frozen=True, slots=True)
class HashConfig:
    """The parameters by which a project hashes passwords; the signer key is a secret of the project."""

    signer_key: Secret
    salt_separator: str
    rounds: int
    mem_cost: int

    @classmethod
    def parse(cls, written: str) -> HashConfig:
        """Return what the console shows as ``hash_config { ... }``.

        Raises:
            InvalidInputError: a parameter is missing, or none.
        """
        found = dict(_LINE.findall(written))
        try:
            return cls(
                Secret(b64encode(base64_of(found["base64_signer_key"], "base64_signer_key")).decode()),
                b64encode(base64_of(found["base64_salt_separator"], "base64_salt_separator")).decode(),
                int(found["rounds"]),
                int(found["mem_cost"]),
            )
        except KeyError as error:
            raise _wrong(f"there is no {error.args[0]}") from None
        except ValueError:
            raise _wrong("a parameter is neither base64 nor a number") from None

    def stored(self, tag: str, salt: str) -> str:
        """Return the form in which passwords/foreign/firebase.py reads such a hash."""
        tag, salt = (
            b64encode(base64_of(part, name)).decode()
            for part, name in ((tag, "passwordHash"), (salt, "salt"))
        )
        separator = f",ss={self.salt_separator}" if self.salt_separator else ""
        numbers = f"v=1,n={self.mem_cost},r={self.rounds},p=1{separator}"
        return f"$fbscrypt${numbers},sk={self.signer_key.reveal()}${salt}${tag}"


def read(file: TextIO, *, config: HashConfig | None = None) -> Iterator[Entry]:
    """Return the users of a file; without a ``config`` those who have a password are none.

    Raises:
        InvalidInputError: the file is no JSON, or has no ``users``.
    """
    return users(items(file, "users"), partial(_user, config))


def _user(config: HashConfig | None, line: int, fields: Fields) -> ImportedUser:
    first, last = both_names(text(fields, "displayName"))
    return ImportedUser(
        line=line,
        old_id=text(fields, "localId"),
        email=text(fields, "email"),
        password_hash=_hash(config, text(fields, "passwordHash"), text(fields, "salt")),
        first_name=first,
        last_name=last,
        is_verified=flag(fields, "emailVerified"),
        is_disabled=flag(fields, "disabled"),
        created_at=moment(fields, "createdAt"),
    )


def _hash(config: HashConfig | None, tag: str, salt: str) -> str | None:
    if not tag:
        return None
    if config is None:
        raise ValueError(NO_CONFIG)
    return config.stored(tag, salt)


def _wrong(what: str) -> InvalidInputError:
    return InvalidInputError([FieldError("--hash-config", "invalid_hash_config", what)])
