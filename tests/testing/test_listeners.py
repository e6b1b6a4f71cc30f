"""Litestar's websocket listeners accept before their function is called: only `guards=` refuse earlier."""

from typing import Any

import pytest
from litestar import Litestar, WebSocket, websocket_listener
from litestar.connection import ASGIConnection
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_asgi.testing.examination import examine
from tests.testing.apps.parts import tokens

heard: list[str] = []


@require()
async def listed(_connection: ASGIConnection[Any, Any, Any, Any], _handler: Any) -> None:
    """Guard as Litestar has it."""


@require()
async def guarded(data: str, socket: WebSocket[Any, Any, Any]) -> str:
    heard.append(data)
    return str(socket.url)


async def plain(data: str) -> str:
    heard.append(data)
    return data


def built(listener):
    """Return an application with one listener, behind the middleware."""
    return BearerMiddleware(Litestar([listener], openapi_config=None, logging_config=None), tokens)


def test_a_guard_on_the_function_of_a_listener_comes_after_the_handshake():
    """So strangers may connect, which is found; no message of theirs reaches the function."""
    app = built(websocket_listener("/")(guarded))
    assert [one.state for one in examine(app, tokens).findings] == ["open"]
    heard.clear()
    with TestClient(app) as client, client.websocket_connect("/") as socket:
        socket.send_text("let me in")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert heard == []


def test_a_guard_beside_a_listener_refuses_the_handshake():
    """Nobody connects who may not."""
    app = built(websocket_listener("/", guards=[listed])(plain))
    assert [one.state for one in examine(app, tokens).findings] == ["guarded"]
    with TestClient(app) as client, pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass
