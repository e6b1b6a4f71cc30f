"""Litestar: guards at handlers, controllers and routers, static files, what is mounted, websockets."""

from typing import Any

from litestar import Controller, Litestar, Router, WebSocket, asgi, get, post, route, websocket
from litestar.exceptions import NotAuthorizedException
from litestar.static_files import create_static_files_router

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guards import require
from tests.testing.apps.parts import FILES, fenced, tokens
from tests.testing.apps.parts import bare as answer

GUARDS = {  # by what is forgotten: the routes that are then without a guard
    "plain": {"GET /plain"},
    "typed": {"GET /typed/{number:int}/{user:uuid}/{rest:path}"},
    "controller": {"GET /things", "GET /things/one"},
    "require": {"POST /notes"},
    "websocket": {"WEBSOCKET /socket"},
    "mount": {"GET /mount/*", "HEAD /mount/*", "* /mount/*"},
    "asgi": {"GET /asgi", "HEAD /asgi"},
    "router": {"GET /r/files/{file_path:path}", "HEAD /r/files/{file_path:path}"},
}


def signed_in(connection: Any, handler: Any) -> None:
    if not connection.scope["user"].is_authenticated:
        raise NotAuthorizedException


async def bare(scope: Any, receive: Any, send: Any) -> None:
    await answer(scope, receive, send)


def build(forgotten: str = "", auth: Any = None) -> BearerMiddleware:
    """Return the application, with one guard forgotten."""

    def guards(name: str) -> list[Any]:
        return [] if name == forgotten else [signed_in]

    files = Router(
        "/r", route_handlers=[create_static_files_router("/files", [FILES])], guards=guards("router")
    )
    mounted = fenced(bare, is_forgotten=forgotten == "mount")
    handlers = [
        *_handlers(guards),
        files,
        asgi("/mount", is_mount=True, copy_scope=True)(mounted),
        asgi("/asgi", copy_scope=True, guards=guards("asgi"))(bare),
    ]
    return BearerMiddleware(Litestar(handlers, openapi_config=None, logging_config=None), tokens)


def _handlers(guards: Any) -> list[Any]:
    @get("/plain", guards=guards("plain"))
    async def plain() -> int:
        return 1

    @get("/typed/{number:int}/{user:uuid}/{rest:path}", guards=guards("typed"))
    async def typed() -> int:
        return 1

    @post("/post", guards=[signed_in])
    async def add() -> None:
        raise AssertionError("this is never called")

    of_things = guards("controller")

    class Things(Controller):
        path = "/things"
        guards = of_things

        @get("/")
        async def things(self) -> int:
            return 1

        @route("/one", http_method=["GET", "DELETE"])
        async def one(self) -> None:
            return None

    class Notes(Controller):
        path = "/notes"

        @post("/")
        @(require("notes:write") if guards("require") else lambda function: function)
        async def add(self) -> None:
            raise AssertionError("this is never called")

    @websocket("/socket", guards=guards("websocket"))
    async def socket(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        await socket.close()

    return [plain, typed, add, Things, Notes, socket]
