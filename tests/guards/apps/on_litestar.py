"""Litestar: handlers of both kinds, a controller's, a websocket."""

from typing import Any

from litestar import Controller, Litestar, Request, WebSocket, get, websocket

from jwt_auth_asgi import authorize, authorize_sync, rate_limit, require
from tests.guards.apps.caller import told
from tests.guards.apps.policies import owns, owns_awaited


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


@get("/fresh")
@require("reports:read", max_age=300, amr={"otp"})
async def fresh() -> str:
    return "fresh"


@websocket("/fresh-ws")
@require("reports:read", max_age=300, amr={"otp"})
async def fresh_chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.close()


@websocket("/ws")
@require("reports:read")
async def chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.close()


@get("/own")
@require()
async def own(request: Request[Any, Any, Any]) -> str:
    await authorize(request, owns_awaited, "ada")
    return "own"


@get("/own-sync", sync_to_thread=True)
@require()
def own_sync(request: Request[Any, Any, Any]) -> str:
    authorize_sync(request, owns, "ada")
    return "own"


@get("/own-open")
async def own_open(request: Request[Any, Any, Any]) -> str:
    await authorize(request, owns, "ada")
    return "own"


@websocket("/ws-own")
async def own_chat(socket: WebSocket[Any, Any, Any]) -> None:
    await authorize(socket, owns, "ada")
    await socket.accept()
    await socket.close()


@get("/who", sync_to_thread=False)
@require()
def who(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return told(request.user)


@websocket("/ws-who")
@require()
async def who_chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_json(told(socket.user))
    await socket.receive_text()


@get("/limited")
@rate_limit("2/minute")
async def limited() -> str:
    return "limited"


@get("/limited-sync", sync_to_thread=True)
@rate_limit("2/minute")
def limited_sync() -> str:
    return "limited"


@websocket("/ws-limited")
@rate_limit("2/minute")
async def limited_chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()


OPEN = [open_to_all, own_open, limited, limited_sync, limited_chat]
GUARDED = [me, reports, sync, Reports, chat, fresh, fresh_chat, own, own_sync, own_chat, who, who_chat]
app = Litestar([*OPEN, *GUARDED], openapi_config=None, logging_config=None)
