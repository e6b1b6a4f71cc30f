"""Refusals in Starlette, and in FastAPI, which is one."""

from __future__ import annotations

from typing import NoReturn

from starlette.exceptions import HTTPException, WebSocketException

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
