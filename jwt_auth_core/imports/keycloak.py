"""Keycloak: the JSON of `kc.sh export`, a realm with its users or a file of users alone.

Sources, read 2026-11-29: keycloak.org/server/importExport; Pbkdf2PasswordHashProvider,
Argon2PasswordHashProvider and OTPCredentialModel of keycloak's main branch. PBKDF2 is stored there with 64
bytes, whatever the digest; what is longer than the digest is a second block, which says nothing more of the
password, and is left out. A TOTP secret is its text's bytes, unless ``secretEncoding`` says BASE32.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final, TextIO

from jwt_auth_core.imports import totp
from jwt_auth_core.imports.imported_user import Entry, ImportedUser
from jwt_auth_core.imports.json_items import items
from jwt_auth_core.imports.records import Fields, users
from jwt_auth_core.imports.values import base64_of, flag, list_of, moment, object_of, text
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_DIGESTS: Final = {"pbkdf2": ("", 20), "pbkdf2-sha256": ("-sha256", 32), "pbkdf2-sha512": ("-sha512", 64)}
_VERSIONS: Final = {"1.3": 19, "1.0": 16}
_OURS: Final = {"subType": "totp", "digits": "6", "period": "30", "algorithm": "HmacSHA1"}
"""What our apps do; other ones are left behind."""


def read(file: TextIO) -> Iterator[Entry]:
    """Return the users of a file.

    Raises:
        InvalidInputError: the file is no JSON, or has no ``users``.
    """
    return users(items(file, "users"), _user)


@dataclass(slots=True)
class _Credentials:
    """What a user's credentials come to."""

    password_hash: str | None = None
    secrets: list[Secret] = field(default_factory=list[Secret])
    left: list[str] = field(default_factory=list[str])

    def add(self, credential: Mapping[str, object]) -> None:
        kind = text(credential, "type")
        data = _inner(credential, "credentialData")
        secret = _inner(credential, "secretData")
        if kind == "password":
            self.password_hash = self.password_hash or _hash(data, secret)
        elif kind == "otp" and (found := _totp(data, text(secret, "value"))):
            self.secrets.append(found)
        elif kind != "password-history":
            self.left.append(kind)


def _user(line: int, fields: Fields) -> ImportedUser:
    credentials = _Credentials()
    for one in list_of(fields.get("credentials"), "credentials"):
        credentials.add(object_of(one, "a credential"))
    roles = [role for role in list_of(fields.get("realmRoles"), "realmRoles") if isinstance(role, str)]
    return ImportedUser(
        line=line,
        old_id=text(fields, "id"),
        email=text(fields, "email"),
        password_hash=credentials.password_hash,
        first_name=text(fields, "firstName"),
        last_name=text(fields, "lastName"),
        is_verified=flag(fields, "emailVerified"),
        is_disabled=not flag(fields, "enabled", default=True),
        created_at=moment(fields, "createdTimestamp"),
        roles=frozenset(roles),
        totp_secrets=tuple(credentials.secrets),
        left_behind=tuple(credentials.left),
    )


def _inner(credential: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the JSON object that a credential has as a text."""
    written = text(credential, name)
    try:
        found: object = json.loads(written) if written else None
    except (ValueError, RecursionError):
        msg = f"{name} is no JSON"
        raise ValueError(msg) from None
    return object_of(found, name)


def _hash(data: Mapping[str, object], secret: Mapping[str, object]) -> str:
    algorithm, rounds = text(data, "algorithm"), text(data, "hashIterations")
    tag, salt = base64_of(text(secret, "value"), "value"), base64_of(text(secret, "salt"), "salt")
    if algorithm == "argon2":
        return _argon2(object_of(data.get("additionalParameters"), "additionalParameters"), rounds, salt, tag)
    if algorithm not in _DIGESTS:
        raise ValueError("its password is hashed by an algorithm of an extension")
    name, size = _DIGESTS[algorithm]
    return f"$pbkdf2{name}${rounds}${_passlib(salt)}${_passlib(tag[:size])}"


def _argon2(parameters: Mapping[str, object], rounds: str, salt: bytes, tag: bytes) -> str:
    said = {name: str(next(iter(list_of(value, name)), "")) for name, value in parameters.items()}
    version = _VERSIONS.get(said.get("version", ""), 0)
    cost = f"m={said.get('memory')},t={rounds},p={said.get('parallelism')}"
    return f"$argon2{said.get('type')}$v={version}${cost}${_unpadded(salt)}${_unpadded(tag)}"


def _unpadded(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")


def _passlib(raw: bytes) -> str:
    return _unpadded(raw).replace("+", ".")


def _totp(data: Mapping[str, object], secret: str) -> Secret | None:
    if any(text(data, name) != value for name, value in _OURS.items()):
        return None
    encoding = text(data, "secretEncoding").upper()
    if encoding == "BASE32":
        return totp.of_base32(secret)
    return totp.of_bytes(secret.encode("utf-8", "surrogatepass")) if encoding == "" else None
