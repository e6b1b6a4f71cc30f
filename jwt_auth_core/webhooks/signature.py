"""Signatures of Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body, one for each secret."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.weak_secrets import weakness

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
MOST_SECRETS: Final = 10

_FORM: Final = re.compile("whsec_[A-Za-z0-9+/]+={0,2}", re.ASCII)
_LIMIT: Final = (
    f"must be {PREFIX} and the base64 of {LEAST_BYTES} to {MOST_BYTES} random bytes; make one with: "
    f"""python -c 'import base64, os; print("{PREFIX}" + base64.b64encode(os.urandom(32)).decode())'"""
)


class Signer:
    """Signs under one or more secrets; a class because their key schedules are prepared once.

    While a secret is exchanged both sign, and whoever verifies accepts the one that it knows.

    Raises:
        ValueError: there is no secret, or one is not of the standard's form.
    """

    def __init__(self, secrets: Sequence[Secret]) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._macs = tuple(PreparedMac(_octets(secret)) for secret in secrets)

    def sign(self, message_id: str, timestamp: int, body: bytes) -> str:
        """Return the header ``webhook-signature`` of a message that is sent at this second."""
        signed = f"{message_id}.{timestamp}.".encode() + body
        return " ".join(f"v1,{b64encode(mac.digest(signed)).decode()}" for mac in self._macs)


def secrets_of(text: str) -> tuple[Secret, ...]:
    """Read secrets between commas or white space, newest first."""
    return tuple(map(Secret, text.replace(",", " ").split()))


def problem_of(secret: Secret) -> str | None:
    """Return why a secret is refused, without it; None where nothing is wrong."""
    try:
        octets = _octets(secret)
    except ValueError:
        return _LIMIT
    reason = weakness(octets, least_bytes=LEAST_BYTES)
    return f"is refused: {reason.partition(';')[0]}; it {_LIMIT}" if reason else None


def _octets(secret: Secret) -> bytes:
    text = secret.reveal()
    if _FORM.fullmatch(text):
        try:
            octets = b64decode(text.removeprefix(PREFIX).rstrip("=") + "==")
        except NotBase64Error:
            octets = b""
        if LEAST_BYTES <= len(octets) <= MOST_BYTES:
            return octets
    raise ValueError(f"a secret {_LIMIT}")
