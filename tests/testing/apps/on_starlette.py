"""Starlette: `@requires`, middleware at routes and mounts, class-based endpoints, streams and hosts."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute

from jwt_auth_asgi import authorization_server_metadata, create_app, protected_resource_metadata
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guards import require
from tests.testing.apps.parts import bare, fenced, files, tokens

GUARDS = {  # by what is forgotten: the routes that are then without a guard
    "plain": {"GET /plain", "HEAD /plain"},
    "convertors": {f"{method} /c/{{i:int}}/{{f:float}}/{{u:uuid}}/{{p:path}}" for method in ("GET", "HEAD")},
    "stream": {"GET /stream", "HEAD /stream"},
    "crash": {"GET /crash", "HEAD /crash"},
    "redirect": {"GET /redirect", "HEAD /redirect"},
    "class": {"GET /class/{name}", "HEAD /class/{name}"},
    "websocket": {"WEBSOCKET /socket"},
    "fenced socket": {"WEBSOCKET /fenced"},
    "files": {"GET /files/*", "HEAD /files/*"},
    "mount": {"GET /m/{team}/inside", "HEAD /m/{team}/inside"},
    "deep": {"GET /m/{team}/deep/", "HEAD /m/{team}/deep/"},
    "public": {"GET /rules/private", "HEAD /rules/private"},
    "bare": {"GET /bare/*", "HEAD /bare/*", "* /bare/*"},
    "endpoint": {"GET /endpoint", "HEAD /endpoint", "* /endpoint"},
    "sub": {"GET /sub/inside", "HEAD /sub/inside"},
    "require": {"POST /require"},
    "require method": {"DELETE /method"},
    "require app": {"POST /app/inside"},
    "host": {"GET //{name}.example.org/hosted", "HEAD //{name}.example.org/hosted"},
}
OPEN = {"/rules/open"}


class Bare:
    """A bare application as an endpoint."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await bare(scope, receive, send)


async def plain(request: Any) -> Any:
    return PlainTextResponse("plain")


async def redirect(request: Any) -> Any:
    return RedirectResponse("/plain")


def crash(request: Any) -> Any:
    raise KeyError("pool")


async def stream(request: Any) -> Any:
    async def for_ever() -> Any:
        while True:
            yield "more"
            await asyncio.sleep(0.01)

    return StreamingResponse(for_ever())


async def socket(websocket: Any) -> None:
    await websocket.accept()


def build(forgotten: str = "", auth: Any = None) -> Starlette:
    """Return the application, with one guard forgotten."""

    def guard(name: str, endpoint: Any) -> Any:
        return endpoint if name == forgotten else requires("authenticated", status_code=401)(endpoint)

    def fence(name: str, app: Any) -> Any:
        return fenced(app, is_forgotten=name == forgotten)

    def needs(name: str, endpoint: Any) -> Any:
        return endpoint if name == forgotten else require("notes:write")(endpoint)

    class Method(HTTPEndpoint):
        delete = needs("require method", plain_method)

    class Thing(HTTPEndpoint):
        get = guard("class", plain_method)

    at_route = [] if forgotten == "fenced socket" else [Middleware(BearerMiddleware, auth=tokens, public=())]
    public = {"/open", "/private"} if forgotten == "public" else {"/open"}
    rules = [Middleware(BearerMiddleware, tokens, public=public)]
    inside = [
        Route("/inside", guard("mount", plain)),
        Mount("/deep", routes=[Route("/", guard("deep", plain))]),
    ]
    routes = [
        Route("/plain", guard("plain", plain)),
        Route("/c/{i:int}/{f:float}/{u:uuid}/{p:path}", guard("convertors", plain)),
        Route("/stream", guard("stream", stream)),
        Route("/crash", guard("crash", crash)),
        Route("/redirect", guard("redirect", redirect)),
        Route("/class/{name}", Thing),
        WebSocketRoute("/socket", guard("websocket", socket)),
        WebSocketRoute("/fenced", socket, middleware=at_route),
        Mount("/files", fence("files", files())),
        Mount("/m/{team}", routes=inside),
        Mount("/rules", routes=[Route("/open", plain), Route("/private", plain)], middleware=rules),
        Mount("/bare", fence("bare", bare)),
        Route("/endpoint", fence("endpoint", Bare())),
        Route("/require", partial(needs("require", plain)), methods=["POST"]),
        Route("/method", Method),
        Mount("/app", needs("require app", Starlette(routes=[Route("/inside", plain, methods=["POST"])]))),
        Mount("/sub", Starlette(routes=[Route("/inside", guard("sub", plain))])),
        Host("{name}.example.org", Router([Route("/hosted", guard("host", plain))])),
        *_own(auth),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BearerMiddleware, auth=tokens)])


async def plain_method(self: Any, request: Any) -> Any:
    return PlainTextResponse("plain")


def _own(auth: Any) -> list[Any]:
    """Return what is ours, and open where it has to be."""
    where = "https://api.example.com/mcp"
    metadata = protected_resource_metadata(where, authorization_servers=["https://id.example.com"])
    return [
        Mount("/auth", create_app(auth)),
        Route("/.well-known/oauth-authorization-server/auth", authorization_server_metadata(auth)),
        Route("/.well-known/oauth-protected-resource/mcp", metadata),
    ]
