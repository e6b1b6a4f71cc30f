"""A vault: what encrypts a value for its place in the database by the newest key, and reads it by its own.

A value is bound to table, column, row and user: in another place it is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final, Protocol

from jwt_auth_core.errors import AuthError, SettingsError, UnavailableError
from jwt_auth_core.records import dataclass

PURPOSE: Final = "encryption at rest 1"


class EncryptionNotConfiguredError(AuthError):
    """Raised when something is to be kept encrypted, and ``ENCRYPTION_KEYS`` is not set."""

    code = "encryption_not_configured"

    def __init__(self) -> None:
        super().__init__("nothing can be encrypted: ENCRYPTION_KEYS is not set")


class UndecipherableError(UnavailableError):
    """Raised when an encrypted value was changed or moved in the store, or its key is not among ours."""

    code = "undecipherable"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"a value that names the key {key_id} cannot be decrypted")


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A value as it is stored: the id of its key, and text in base64url."""

    key_id: str
    text: str


class Cipher(Protocol):
    """Authenticated encryption; a key has 32 octets."""

    def encrypt(self, key: bytes, plain: bytes, place: bytes) -> str:
        """Return text of base64url that nobody reads or changes without the key and the place."""
        ...

    def decrypt(self, key: bytes, text: str, place: bytes) -> bytes:
        """Return what was encrypted.

        Raises:
            ValueError: it was not encrypted so.
        """
        ...


@dataclass(frozen=True, slots=True)
class Vault:
    """Keys by their ids, the newest first, and what loads the cipher: where something is encrypted."""

    keys: Mapping[str, bytes] = field(repr=False)
    cipher: Callable[[], Cipher]

    @property
    def newest(self) -> str:
        """The id of the key that encrypts.

        Raises:
            EncryptionNotConfiguredError: there is none.
        """
        for key_id in self.keys:
            return key_id
        raise EncryptionNotConfiguredError

    def encrypt(self, plain: bytes, *, place: str) -> Encrypted:
        """Encrypt a value for a place.

        Raises:
            EncryptionNotConfiguredError: there is no key.
            MissingDriverError: the package that encrypts is not installed.
        """
        key_id = self.newest
        return Encrypted(key_id, self.cipher().encrypt(self.keys[key_id], plain, place.encode()))

    def decrypt(self, value: Encrypted, *, place: str) -> bytes:
        """Return what was encrypted for the place.

        Raises:
            UndecipherableError: this is not it, or its key is not there.
            MissingDriverError: the package that decrypts is not installed.
        """
        key = self.keys.get(value.key_id)
        if key is None:
            raise UndecipherableError(value.key_id)
        try:
            return self.cipher().decrypt(key, value.text, place.encode())
        except ValueError:
            raise UndecipherableError(value.key_id) from None

    def require(self, key_ids: list[str], *, whose: str) -> None:
        """Refuse keys that lack one in use.

        Raises:
            SettingsError: names those that are not there.
        """
        lacking = ", ".join(key_id for key_id in key_ids if key_id not in self.keys)
        if lacking:
            raise SettingsError(
                [f"ENCRYPTION_KEYS lacks {lacking}, which {whose} name; add it behind the newest"]
            )
