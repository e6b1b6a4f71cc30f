"""HMAC-SHA-256 (RFC 7518 section 3.2) with the standard library, its key schedule prepared once."""

from __future__ import annotations

import hashlib
from hmac import compare_digest
from typing import Final

from jwt_auth_core.encoding import b64url_encode, b64url_octets
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.weakness import weakness
from jwt_auth_core.vocabulary import Secret

_BLOCK_BYTES: Final = 64  # of SHA-256 (RFC 2104)
_INNER_PAD: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD: Final = bytes(octet ^ 0x5C for octet in range(256))
# No JWS signing input has a space, so this MAC can never be a token's.
_KEY_ID_PURPOSE: Final = b"jwt-auth key id 1"
_KEY_ID_BYTES: Final = 8


class Hs256Key:
    """A shared secret that signs and verifies; a class because both hash states are prepared.

    ``secret`` is at least 32 random bytes; a text stands for its UTF-8 octets, as in PyJWT. The
    key id is made of the secret (64 bits of a MAC), so every process that has it says the same.

    Raises:
        WeakKeyError: the secret is short, guessable, published, or a public key.
    """

    __slots__ = ("_inner", "_outer", "algorithm", "can_sign", "key_id")

    def __init__(self, secret: str | bytes | Secret, *, key_id: str | None = None) -> None:
        octets = _octets(secret)
        reason = weakness(octets)
        if reason is not None:
            raise WeakKeyError(f"HS256 secret refused: {reason}")
        if len(octets) > _BLOCK_BYTES:
            octets = hashlib.sha256(octets).digest()
        block = octets.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER_PAD))
        self._outer = hashlib.sha256(block.translate(_OUTER_PAD))
        self.algorithm = "HS256"
        self.can_sign = True
        self.key_id = key_id or b64url_encode(self._mac(_KEY_ID_PURPOSE)[:_KEY_ID_BYTES])

    def sign(self, message: bytes) -> bytes:
        """Return the MAC of *message* as base64url text."""
        return b64url_octets(self._mac(message))

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell in constant time whether *signature* is that text, in its only spelling (JWT-17)."""
        return compare_digest(b64url_octets(self._mac(message)), signature)

    def _mac(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    def __repr__(self) -> str:
        return f"Hs256Key(key_id={self.key_id!r})"


def _octets(secret: str | bytes | Secret | None) -> bytes:
    text = secret.reveal() if isinstance(secret, Secret) else secret
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes):
        return text
    raise WeakKeyError("HS256 secret refused: it is neither text nor bytes")
