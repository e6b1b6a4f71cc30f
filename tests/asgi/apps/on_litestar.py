"""Litestar: request.user and request.auth, a guard for the scope."""

from typing import Any

from litestar import Litestar, Request, WebSocket, get, websocket
from litestar.exceptions import PermissionDeniedException

from tests.asgi.apps.on_starlette import told


def needs_topics(connection, handler):
    if "topics:read" not in connection.auth.scopes:
        raise PermissionDeniedException


@get(["/whoami", "/open"])
async def whoami(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return told(request)


@get("/topics", guards=[needs_topics])
async def topics(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return told(request)


@websocket("/ws")
async def chat(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_json(told(socket))
    await socket.close()


app = Litestar([whoami, topics, chat], openapi_config=None, logging_config=None)
