"""The subprotocol ``bearer``: how a websocket's handshake carries a token where it can carry no header.

A browser cannot set headers on a websocket; it sends ``Sec-WebSocket-Protocol: bearer, <token>``.
Never the query string: it is logged everywhere (RFC 6750 §5.3).
"""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_core.records import dataclass

HEADER: Final = b"sec-websocket-protocol"
NAME: Final = "bearer"


@dataclass(frozen=True, slots=True)
class Offer:
    """A token that came as a subprotocol, and the other subprotocols, which the application may use."""

    token: str
    others: tuple[str, ...]

    def removed_from(self, scope: Scope) -> Scope:
        """Return a copy of the scope in which neither the pair nor its header line is left."""
        headers = [line for line in scope.get("headers", ()) if line[0] != HEADER]
        if self.others and len(headers) < len(scope.get("headers", ())):
            headers.append((HEADER, ", ".join(self.others).encode("latin-1")))
        return {**scope, "headers": headers, "subprotocols": list(self.others)}


def offer(scope: Scope) -> Offer | None:
    """Return the token among the subprotocols, None when ``bearer`` is not among them.

    Raises:
        InvalidBearerError: ``bearer`` without a token right behind it, twice, or over two headers.
    """
    lines = [value for name, value in scope.get("headers", ()) if name == HEADER]
    names = _split(lines) if lines else list(scope.get("subprotocols") or ())
    spelled = [name.lower() for name in names]
    if NAME not in spelled:
        return None
    place = spelled.index(NAME)
    pair = names[place : place + 2]
    if len(lines) > 1 or spelled.count(NAME) > 1 or len(pair) < 2 or pair[0] != NAME:  # noqa: PLR2004 - a pair
        raise InvalidBearerError("offer the subprotocols bearer, <access token>")
    return Offer(pair[1], (*names[:place], *names[place + 2 :]))


def _split(lines: list[bytes]) -> list[str]:
    return [name.strip(" \t") for name in b",".join(lines).decode("latin-1").split(",")]
