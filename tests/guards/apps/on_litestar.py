"""Litestar: handlers of both kinds, a controller's, a websocket."""

from typing import Any

from litestar import Controller, Litestar, WebSocket, get, websocket

from jwt_auth_asgi import require


@get("/open", sync_to_thread=False)
def open_to_all() -> str:
    return "open"


@get("/me")
@require()
async def me() -> str:
    return "me"


@get("/reports")
@require("reports:read")
async def reports() -> str:
    return "reports"


@get("/sync", sync_to_thread=True)
@require("reports:read")
def sync() -> str:
    return "sync"


class Reports(Controller):
    path = "/class"

    @get()
    @require("reports:read")
    async def read(self) -> str:
        return "class"


@websocket("/ws")
@require("reports:read")
async def chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.close()


app = Litestar([open_to_all, me, reports, sync, Reports, chat], openapi_config=None, logging_config=None)
