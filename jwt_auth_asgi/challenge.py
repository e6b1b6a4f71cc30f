"""The WWW-Authenticate header of RFC 6750 §3; every value is quoted and escaped."""

from __future__ import annotations

from typing import Final

DEFAULT_REALM: Final = "api"


def challenge(realm: str, **parameters: str) -> bytes:
    """Render ``Bearer realm="..."`` and further parameters in the order given."""
    pairs = {"realm": realm, **parameters}
    return b"Bearer " + ", ".join(f"{name}={_quoted(value)}" for name, value in pairs.items()).encode("ascii")


def check_realm(realm: str) -> str:
    """Return the realm; raise ValueError unless it is printable ASCII (RFC 9110 §5.6.4)."""
    if not _is_printable(realm):
        msg = "a realm must be printable ASCII"
        raise ValueError(msg)
    return realm


def _quoted(text: str) -> str:
    plain = "".join(character if _is_printable(character) else "?" for character in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_printable(text: str) -> bool:
    return text.isascii() and text.isprintable()
