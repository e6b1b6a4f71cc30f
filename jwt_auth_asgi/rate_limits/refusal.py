"""What a limit of the application's own answers: a refusal, or the application's answer with what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_asgi.asgi import App, Message, Receive, Scope, Send
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.limit_fields import of_verdicts
from jwt_auth_asgi.problems.problem import problem_of
from jwt_auth_asgi.problems.rate_limited_log import RateLimitedLog
from jwt_auth_asgi.rate_limits.limit import Limit
from jwt_auth_asgi.websockets.refusal import send_refusal
from jwt_auth_core.errors import AuthError
from jwt_auth_core.rate_limits import Verdict

_SERVED: Final = ("http", "websocket")
_FAULTS: Final = RateLimitedLog()


async def serve(limit: Limit, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Let a request or websocket through to an application, or refuse it; a lifespan is none of ours."""
    if scope["type"] not in _SERVED:
        await app(scope, receive, send)
        return
    try:
        verdicts = await limit.check(scope)
    except AuthError as error:
        await refuse(error, scope, receive, send)
        return
    await app(scope, receive, _telling(send, verdicts) if verdicts and scope["type"] == "http" else send)


async def refuse(error: AuthError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or a websocket before it is accepted."""
    problem = problem_of(error, realm=realm_of(scope))
    if problem.status >= 500:  # noqa: PLR2004 - the fault is the server's
        _FAULTS.note(error)
    await send_refusal(problem, scope, receive, send)


def _telling(send: Send, verdicts: Sequence[Verdict]) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *of_verdicts(verdicts)]}
        await send(message)

    return told
