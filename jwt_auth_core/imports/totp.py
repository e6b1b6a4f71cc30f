"""Secrets of authenticator apps as other systems keep them, in base32 as we do."""

from __future__ import annotations

from base64 import b32decode, b32encode
from typing import Final

from jwt_auth_core.vocabulary import Secret

LEAST_BYTES: Final = 10
"""80 bits, what the oldest apps have; RFC 4226 wants 128 of new ones."""


def of_bytes(raw: bytes) -> Secret | None:
    """Return the secret of these bytes; None where they are too few."""
    return Secret(b32encode(raw).decode().rstrip("=")) if len(raw) >= LEAST_BYTES else None


def of_base32(text: str) -> Secret | None:
    """Return the secret of base32, padded or not; None where it is none, or too short."""
    plain = text.strip().replace(" ", "").rstrip("=").upper()
    try:
        return of_bytes(b32decode(plain + "=" * (-len(plain) % 8)))
    except ValueError:  # also of what is not ASCII
        return None


def of_hex(text: str) -> Secret | None:
    """Return the secret of hexadecimal digits; None where they are none, or too few."""
    try:
        return of_bytes(bytes.fromhex(text))
    except ValueError:
        return None
