"""Check: what a stored hash of another system comes to, once it is read and found cheap enough to compute."""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final

from jwt_auth_core.vocabulary import Secret

Check = Callable[[Secret], bool]
"""Tells whether a password is the one; takes the time and the memory of that hash."""

SHA: Final = {"sha1": 20, "sha256": 32, "sha512": 64}
"""The digests that PBKDF2 is read of, and how long each is: a shorter tag would be guessed sooner."""


def standard(text: str, size: int | None = None) -> bytes | None:
    """Return what padded base64 encodes, in its one spelling; None where it is none, or not ``size`` long."""
    try:
        raw = b64decode(text, validate=True)
    except binascii.Error:
        return None
    is_right = b64encode(raw).decode() == text and size in (None, len(raw))
    return raw if is_right else None


def unpadded(text: str, size: int | None = None) -> bytes | None:
    """Return the same of base64 without padding."""
    return standard(text + "=" * (-len(text) % 4), size)


def sha256(data: bytes) -> bytes:
    """Return the digest with which others shorten passwords before bcrypt."""
    return hashlib.sha256(data).digest()
