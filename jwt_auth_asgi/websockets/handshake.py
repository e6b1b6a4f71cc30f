"""The answer to a websocket's handshake: the subprotocol is confirmed, or the handshake is refused."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.asgi import Message, Receive, Scope, Send
from jwt_auth_asgi.identity.subprotocol import NAME
from jwt_auth_asgi.problems.problem import Problem

POLICY_VIOLATION: Final = 1008  # RFC 6455 §7.4.1


def confirming(send: Send) -> Send:
    """Return a send that names ``bearer`` in an accept that names no subprotocol.

    A browser that offered some closes the connection when none of them is chosen.
    """

    async def confirmed(message: Message) -> None:
        if message["type"] == "websocket.accept" and not message.get("subprotocol"):
            message = {**message, "subprotocol": NAME}
        await send(message)

    return confirmed


def can_answer(scope: Scope) -> bool:
    """Tell whether the server takes an answer of HTTP to a handshake; else it can only be closed."""
    return "websocket.http.response" in (scope.get("extensions") or ())


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse the handshake: with the problem where the server can say it, else with a close."""
    message = await receive()
    if message["type"] != "websocket.connect":
        return  # gone already
    if not can_answer(scope):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    start = {"status": problem.status, "headers": list(problem.headers)}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": problem.body})
