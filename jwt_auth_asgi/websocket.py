"""The websocket's side: a token among the subprotocols, and a refusal before the handshake ends.

A browser cannot set headers on a websocket; it sends ``Sec-WebSocket-Protocol: bearer, <token>``.
Never the query string: it is logged everywhere (RFC 6750 §5.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jwt_auth_asgi.asgi import Message, Receive, Scope, Send
from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_asgi.problems.problem import Problem

HEADER: Final = b"sec-websocket-protocol"
NAME: Final = "bearer"
POLICY_VIOLATION: Final = 1008  # RFC 6455 §7.4.1


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


def confirming(send: Send) -> Send:
    """Return a send that names ``bearer`` in an accept that names no subprotocol.

    A browser that offered some closes the connection when none of them is chosen.
    """

    async def confirmed(message: Message) -> None:
        if message["type"] == "websocket.accept" and not message.get("subprotocol"):
            message = {**message, "subprotocol": NAME}
        await send(message)

    return confirmed


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse the handshake: with the problem where the server can say it, else with a close."""
    message = await receive()
    if message["type"] != "websocket.connect":
        return  # gone already
    if "websocket.http.response" not in (scope.get("extensions") or ()):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    start = {"status": problem.status, "headers": list(problem.headers)}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": problem.body})


def _split(lines: list[bytes]) -> list[str]:
    return [name.strip(" \t") for name in b",".join(lines).decode("latin-1").split(",")]
