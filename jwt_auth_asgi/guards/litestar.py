"""Refusals in Litestar."""

from __future__ import annotations

from typing import NoReturn

from litestar.exceptions import HTTPException, WebSocketException

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem


def refuse(problem: Problem, scope: Scope) -> NoReturn:
    """Raise what its exception handlers answer with.

    A websocket is closed with 4000 and the status: of its `HTTPException` Litestar makes 4500 there, whatever
    its status.
    """
    if scope["type"] == "websocket":
        raise WebSocketException(detail=problem.detail, code=4000 + problem.status)
    raise HTTPException(detail=problem.detail, status_code=problem.status, headers=problem.own_headers)
