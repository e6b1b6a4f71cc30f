"""Refusals in Starlette, and in FastAPI, which is one."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, Final, NoReturn, TypeVar, cast

from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem
from jwt_auth_asgi.websockets.handshake import POLICY_VIOLATION, can_answer

HANDLERS: Final = "starlette.exception_handlers"
"""Where both leave what answers for exceptions in the scope: by their class, and by status."""
_THEIRS: Final = ("starlette", "fastapi")

E = TypeVar("E", bound=Exception)


class RefusalException(HTTPException):
    """The exception of a refusal, which knows the problem document that tells it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail, problem.own_headers)
        self.problem = problem


def refuse(problem: Problem, scope: Scope, _endpoint: object = None) -> NoReturn:
    """Raise what an exception handler of the application's own answers, and else the problem document.

    A returned answer would be a value like any other to who depends on a guarded function.
    """
    if scope["type"] == "websocket" and not can_answer(scope):
        raise WebSocketException(POLICY_VIOLATION, problem.detail)
    raise tell(_kind(scope.get("app"))(problem), scope)


def _kind(app: object) -> type[RefusalException]:
    """Return the class of a refusal: in FastAPI it is one of its own `HTTPException`, too."""
    fastapi: Any = sys.modules.get("fastapi")
    return _both(fastapi.HTTPException) if fastapi and isinstance(app, fastapi.FastAPI) else RefusalException


@cache
def _both(theirs: type[HTTPException]) -> type[RefusalException]:
    return type(RefusalException.__name__, (RefusalException, theirs), {})


def tell(refusal: E, scope: Scope) -> E:
    """Have the problem of a refusal answered where the application has no handler of its own for it."""
    kind, handlers = type(refusal), scope.get(HANDLERS, ({},))[0]
    nearest = next((handlers[one] for one in kind.__mro__ if one in handlers), None)
    if nearest is not None and str(nearest.__module__).partition(".")[0] in _THEIRS:
        handlers.setdefault(kind, _answer)
    return refusal


async def _answer(_connection: HTTPConnection, refusal: Exception) -> Response:
    return rendered(cast("Any", refusal).problem)


def document(problem: Problem, scope: Scope) -> Response:
    """Return the problem document; a websocket that nobody can answer for is refused as above."""
    if scope["type"] == "websocket":
        refuse(problem, scope)
    return rendered(problem)


def rendered(problem: Problem) -> Response:
    """Return the problem document as a response."""
    made = Response(problem.body, problem.status)
    made.raw_headers = list(problem.headers)
    return made
