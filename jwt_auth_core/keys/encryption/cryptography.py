"""AES-256-GCM by cryptography (NIST SP 800-38D): a random nonce of 96 bits before what it encrypts."""

from __future__ import annotations

import os
from typing import Final

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import MissingDriverError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as missing:
    raise MissingDriverError("cryptography", extra="totp") from missing

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class AesGcm:
    """A `Cipher`."""

    def encrypt(self, key: bytes, plain: bytes, place: bytes) -> str:
        """See `Cipher.encrypt`."""
        nonce = random_bytes(NONCE_BYTES, os.urandom)
        return b64url_encode(nonce + AESGCM(key).encrypt(nonce, plain, place))

    def decrypt(self, key: bytes, text: str, place: bytes) -> bytes:
        """See `Cipher.decrypt`."""
        octets = b64url_decode(text)
        if len(octets) < NONCE_BYTES + TAG_BYTES:
            raise ValueError("it is too short")
        try:
            return AESGCM(key).decrypt(octets[:NONCE_BYTES], octets[NONCE_BYTES:], place)
        except InvalidTag:
            raise ValueError("it was not encrypted so") from None
