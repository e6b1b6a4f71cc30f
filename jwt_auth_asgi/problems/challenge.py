"""The WWW-Authenticate header of RFC 6750 §3, and of RFC 7617 §2; every value is quoted and escaped."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.home import home_of

DEFAULT_REALM: Final = "api"


def challenge(realm: str, *, scheme: str = "Bearer", **parameters: str) -> bytes:
    """Render ``Bearer realm="..."`` and further parameters in the order given."""
    pairs = {"realm": realm, **parameters}
    listed = ", ".join(f"{name}={_quoted(value)}" for name, value in pairs.items())
    return f"{scheme} {listed}".encode("ascii")


def realm_of(scope: Scope, otherwise: str = DEFAULT_REALM) -> str:
    """Return the realm of the middleware that a request came through; *otherwise* where there was none."""
    home = home_of(scope)
    return otherwise if home is None or home.realm is None else home.realm


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
