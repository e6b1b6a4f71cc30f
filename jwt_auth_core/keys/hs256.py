"""HMAC-SHA-256 (RFC 7518 section 3.2) with the standard library, its key schedule prepared once."""

from __future__ import annotations

from binascii import b2a_base64
from copy import copy
from hmac import compare_digest
from typing import Final, Self

from jwt_auth_core.encoding import TO_URL, b64url_decode, b64url_encode
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.weak_secrets import weakness

_PADDING: Final = b"=\n"  # which takes less time to leave out than to ask for none
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
        self.algorithm = "HS256"
        self.can_sign = True
        self.key_id: str | None = key_id or ""
        octets = _octets(secret)
        reason = weakness(octets)
        if reason is not None:
            del secret, octets  # crash reporters collect the variables of frames
            raise WeakKeyError(f"HS256 secret refused: {reason}")
        mac = PreparedMac(octets)
        self._inner, self._outer = mac.inner, mac.outer
        if not key_id:
            self.key_id = b64url_encode(b64url_decode(self.sign(_KEY_ID_PURPOSE))[:_KEY_ID_BYTES])

    @classmethod
    def nameless(cls, secret: str | bytes | Secret) -> Self:
        """Return the key of a *secret* whose name only its owner knows; it verifies and never signs."""
        key = cls(secret)
        key.key_id, key.can_sign = None, False
        return key

    def sign(self, message: bytes) -> bytes:
        """Return the MAC of *message* as base64url text."""
        # `PreparedMac.digest`, without the call.
        inner, outer = self._inner(), self._outer()
        inner.update(message)
        outer.update(inner.digest())
        return b2a_base64(outer.digest()).translate(TO_URL, _PADDING)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell in constant time whether *signature* is that text, in its only spelling (JWT-17)."""
        inner, outer = self._inner(), self._outer()  # as in sign, without the call
        inner.update(message)
        outer.update(inner.digest())
        right = b2a_base64(outer.digest()).translate(TO_URL, _PADDING)
        return compare_digest(right, signature)

    def after(self, opening: bytes) -> Self:
        """Return this key for messages of which *opening*, hashed once and for all, is left away.

        What it signs and verifies is *opening* and the rest that it is given: the header of a token
        is nearly always the same, and a fifth of what there is to hash.
        """
        inner = self._inner()
        inner.update(opening)
        key = copy(self)
        key._inner = inner.copy  # noqa: SLF001 - of its own class
        return key

    def __repr__(self) -> str:
        return f"Hs256Key(key_id={self.key_id!r})"


def _octets(secret: str | bytes | Secret | None) -> bytes:
    text = secret.reveal() if isinstance(secret, Secret) else secret
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes):
        return text
    raise WeakKeyError("HS256 secret refused: it is neither text nor bytes")
