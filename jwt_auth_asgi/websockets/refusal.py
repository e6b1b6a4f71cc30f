"""The answer that refuses, on whichever protocol the request came."""

from __future__ import annotations

from jwt_auth_asgi.asgi import Receive, Scope, Send
from jwt_auth_asgi.problems.problem import Problem, send_problem
from jwt_auth_asgi.websockets import handshake


async def send_refusal(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with the problem, that of HEAD without its body; a websocket before it is accepted."""
    if scope["type"] == "websocket":
        await handshake.refuse(problem, scope, receive, send)
    else:
        await send_problem(problem.without_body() if scope.get("method") == "HEAD" else problem, send)
