"""Refusals in Starlette, and in FastAPI, which is one."""

from __future__ import annotations

from typing import NoReturn

from starlette.exceptions import HTTPException, WebSocketException
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem
from jwt_auth_asgi.websockets.handshake import POLICY_VIOLATION, can_answer


def refuse(problem: Problem, scope: Scope) -> NoReturn:
    """Raise what its exception handlers answer with, those of the application included.

    A returned answer would be a value like any other to who depends on a guarded function.
    """
    if scope["type"] == "websocket" and not can_answer(scope):
        raise WebSocketException(POLICY_VIOLATION, problem.detail)
    raise HTTPException(problem.status, problem.detail, problem.own_headers)


def document(problem: Problem, scope: Scope) -> Response:
    """Return the problem document; a websocket that nobody can answer for is refused as above."""
    if scope["type"] == "websocket":
        refuse(problem, scope)
    made = Response(problem.body, problem.status)
    made.raw_headers = list(problem.headers)
    return made
