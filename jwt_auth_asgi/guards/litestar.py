"""Refusals in Litestar."""

from __future__ import annotations

from typing import NoReturn

from litestar.exceptions import HTTPException

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem


def refuse(problem: Problem, _scope: Scope) -> NoReturn:
    """Raise what its exception handlers answer with; a websocket is closed with 4000 and the status."""
    raise HTTPException(detail=problem.detail, status_code=problem.status, headers=problem.own_headers)
