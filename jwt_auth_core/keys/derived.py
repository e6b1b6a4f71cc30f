"""Derived keys: what ``ENCRYPTION_KEYS`` become for each purpose (HKDF-SHA-256, RFC 5869).

The secrets themselves are never used, so that what one purpose gives away is of no use to another.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_SALT: Final = b"jwt-auth"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class DerivedKey:
    """A key of one purpose: its id, which may be shown and is the same for every purpose, and its MAC."""

    key_id: str
    mac: PreparedMac


def derived_keys(secrets: Sequence[Secret], *, purpose: str) -> tuple[DerivedKey, ...]:
    """Return the keys of a purpose, in the order of the secrets: newest first."""
    return tuple(_derived(secret.reveal().encode(), purpose) for secret in secrets)


def key_ids(secrets: Sequence[Secret]) -> tuple[str, ...]:
    """Return the ids that what these secrets protect is marked with."""
    return tuple(_key_id(secret.reveal().encode()) for secret in secrets)


def derived_bytes(secrets: Sequence[Secret], *, purpose: str) -> dict[str, bytes]:
    """Return the octets of a purpose's keys by the ids of these, newest first."""
    texts = [secret.reveal().encode() for secret in secrets]
    return {_key_id(text): hkdf(text, salt=_SALT, info=purpose.encode(), size=_KEY_BYTES) for text in texts}


def _derived(secret: bytes, purpose: str) -> DerivedKey:
    key = hkdf(secret, salt=_SALT, info=purpose.encode(), size=_KEY_BYTES)
    return DerivedKey(_key_id(secret), PreparedMac(key))


def _key_id(secret: bytes) -> str:
    return hkdf(secret, salt=_SALT, info=b"key id", size=_ID_BYTES).hex()


def hkdf(secret: bytes, *, salt: bytes, info: bytes, size: int) -> bytes:
    """Return so many octets of key material (RFC 5869)."""
    extracted = hmac.digest(salt, secret, hashlib.sha256)
    block, blocks = b"", b""
    for number in range(1, -(-size // hashlib.sha256().digest_size) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), hashlib.sha256)
        blocks += block
    return blocks[:size]
