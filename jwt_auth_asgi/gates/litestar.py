"""Refusals in Litestar."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn, cast

from litestar import Response, di, params
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


def document(problem: Problem, scope: Scope) -> Response[bytes]:
    """Return the problem document; a websocket hears of it by its close."""
    if scope["type"] == "websocket":
        refuse(problem, scope)
    headers, media_type = problem.own_headers, "application/problem+json"
    return Response(problem.body, status_code=problem.status, headers=headers, media_type=media_type)


def left_out(annotation: object) -> object:
    """Return the annotation of a parameter for FastAPI, which Litestar leaves at its default."""
    if not hasattr(di, "NamedDependency"):  # before 2.23
        return Annotated[annotation, params.Dependency(skip_validation=True)]
    named, unread = di.NamedDependency, params.SkipValidation
    return cast("Any", named)[cast("Any", unread)[annotation]]
