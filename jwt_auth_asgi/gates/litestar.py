"""Refusals in Litestar."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from litestar import Response, di, params
from litestar.exceptions import HTTPException, WebSocketException

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem

_OF_ANSWERS: Final = ("after_request", "cache", "response_cookies", "response_headers")


def refuse(problem: Problem, scope: Scope, endpoint: object = None) -> Response[bytes]:
    """Return the problem document of the endpoint of a route; else raise what exception handlers answer.

    So where the application has handlers of its own for that, where something is done to what endpoints
    return, and in dependencies and guards, to which a returned answer would be a value like any other.

    A websocket is closed with 4000 and the status: of its `HTTPException` Litestar makes 4500 there, whatever
    its status.
    """
    if scope["type"] == "websocket":
        raise WebSocketException(detail=problem.detail, code=4000 + problem.status)
    if endpoint is not None and _is_answered_by(endpoint, scope.get("route_handler"), problem.status):
        return document(problem, scope)
    raise HTTPException(detail=problem.detail, status_code=problem.status, headers=problem.own_headers)


def document(problem: Problem, scope: Scope) -> Response[bytes]:
    """Return the problem document; a websocket hears of it by its close."""
    if scope["type"] == "websocket":
        return refuse(problem, scope)
    headers, media_type = problem.own_headers, "application/problem+json"
    return Response(problem.body, status_code=problem.status, headers=headers, media_type=media_type)


def _is_answered_by(endpoint: object, handler: Any, status: int) -> bool:
    """Tell whether what an endpoint returns is the answer, and the application answers for no exceptions."""
    function = getattr(getattr(handler, "fn", None), "func", getattr(handler, "fn", None))
    while function is not endpoint and function is not None:
        function = getattr(function, "__func__", None) or getattr(function, "__wrapped__", None)
    own = {status, *HTTPException.__mro__}
    if function is None or not own.isdisjoint(handler.resolve_exception_handlers()):
        return False
    return handler.resolve_return_dto() is None and not any(
        getattr(layer, name, None) for layer in handler.ownership_layers for name in _OF_ANSWERS
    )


def left_out(annotation: object) -> object:
    """Return the annotation of a parameter for FastAPI, which Litestar leaves at its default."""
    if not hasattr(di, "NamedDependency"):  # before 2.23
        return Annotated[annotation, params.Dependency(skip_validation=True)]
    named, unread = di.NamedDependency, params.SkipValidation
    return cast("Any", named)[cast("Any", unread)[annotation]]
