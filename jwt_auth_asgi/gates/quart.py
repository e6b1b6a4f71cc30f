"""Refusals in Quart."""

from __future__ import annotations

from typing import NoReturn

from quart import Response, abort, has_request_context, has_websocket_context

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem


def is_serving() -> bool:
    """Tell whether it is Quart that serves the request."""
    return has_request_context() or has_websocket_context()


def refuse(problem: Problem, _scope: Scope, _endpoint: object = None) -> NoReturn:
    """Abort with the problem document; a websocket that is not accepted gets it, too."""
    headers = {**problem.own_headers, "content-type": "application/problem+json"}
    abort(Response(problem.body, problem.status, headers))


document = refuse
