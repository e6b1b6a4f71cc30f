"""Exact routes: one whose path is fixed is found by one look, and answers in its own words.

Starlette tries one regular expression after another, a mount copies the scope, and two wrappers wait
for exceptions that our endpoints turn into answers themselves: together 10 microseconds of a refresh's 93.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from jwt_auth_asgi.app.endpoints import Endpoint
from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.executors.loops import is_asyncio, refuse_to_start
from jwt_auth_asgi.http.paths import route_path, whole_path

_PARAMETER: Final = "{"


class ExactRoutes:
    """A Starlette middleware; what it does not know goes on to the router, a wrong method among it.

    A class because `exact_routes` are put together once; they lead to the same endpoints as the router's.
    """

    def __init__(self, app: App, routes: Mapping[tuple[str, str], tuple[Route, Endpoint]]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a known path and method; hand on everything else."""
        if scope["type"] == "lifespan" and not is_asyncio():
            await refuse_to_start(receive, send)
            return
        if scope["type"] == "http" and scope.get("root_path"):
            # Where a server takes its root_path off the path, Starlette finds no route below a mount.
            scope = {**scope, "path": whole_path(scope)}
        found = self._routes.get((scope["method"], route_path(scope))) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        route, endpoint = found
        # What the router would have left there, for those who watch applications.
        scope["route"], scope["endpoint"], scope["path_params"] = route, route.endpoint, {}
        response = await endpoint.handler(Request(scope, receive, send))
        await response(scope, receive, send)


def exact_routes(routes: Iterable[tuple[Route, Endpoint]]) -> dict[tuple[str, str], tuple[Route, Endpoint]]:
    """Return the routes by method and path; one with a parameter in its path is left to the router."""
    return {
        (endpoint.method, route.path): (route, endpoint)
        for route, endpoint in routes
        if _PARAMETER not in route.path
    }
