"""Time-based one-time passwords by pyotp (RFC 6238): SHA-1, 30 seconds, 6 digits, as every app has them."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.errors import MissingDriverError

try:
    from pyotp.totp import TOTP
except ImportError as missing:
    raise MissingDriverError("pyotp", extra="totp") from missing


class _Totp(TOTP):
    """Takes the secrets of 80 bits that other systems have enrolled; ours have 160."""

    min_secret_length_bits: ClassVar[int] = 80


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step."""
    return _Totp(secret).generate_otp(step)


def enrolment_uri(secret: str, *, name: str, issuer: str) -> str:
    """Return what an app reads from a QR code."""
    return _Totp(secret).provisioning_uri(name=name, issuer_name=issuer)
