"""Renewal and the end of a websocket inside frameworks, by what each shows of the scope."""

from __future__ import annotations

import asyncio

import pytest
from litestar import Litestar
from litestar import WebSocket as LitestarSocket
from litestar import websocket as on_litestar
from quart import Quart
from quart import websocket as quart_socket
from starlette.applications import Starlette
from starlette.routing import Mount, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from jwt_auth_asgi import renew
from jwt_auth_asgi.bearer import BearerMiddleware
from tests.asgi.conftest import NOW
from tests.websockets.peer import kept, look, opened


async def answer(scope, text):
    """Return what a message gets back: a token renews."""
    return (await renew(scope, text)).identity if text.startswith("ey") else text


def quart():
    """Return an application of Quart."""
    app = Quart(__name__)

    @app.websocket("/")
    async def echo():
        await quart_socket.accept()
        while True:
            await quart_socket.send(await answer(quart_socket.scope, await quart_socket.receive()))

    return app


def litestar():
    """Return an application of Litestar."""

    @on_litestar("/")
    async def echo(socket: LitestarSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text(await answer(socket.scope, await socket.receive_text()))

    return Litestar([echo])


def starlette():
    """Return an application of Starlette, mounted in another."""

    async def echo(websocket):
        await websocket.accept()
        while True:
            await websocket.send_text(await answer(websocket.scope, await websocket.receive_text()))

    return Starlette(routes=[Mount("/", Starlette(routes=[WebSocketRoute("/", echo)]))])


@pytest.mark.parametrize("make", [quart, litestar, starlette])
async def test_a_renewed_websocket_ends_in_time(make, tokens, clock):
    """The handler is told as of any disconnect, and nothing is left of it."""
    # ASGI-12
    app = BearerMiddleware(make(), tokens)

    socket = await opened(app, tokens.issue(subject="42"))
    clock.now = NOW + 600
    socket.say(tokens.issue(subject="42"))
    assert (await socket.next())["text"] == "42"
    clock.now = NOW + 1499
    look(app)
    socket.say("hello")
    assert (await socket.next())["text"] == "hello"
    clock.now = NOW + 1500
    look(app)
    assert (await socket.next())["code"] == 3000
    try:
        await socket.over()
    except WebSocketDisconnect as left:  # Starlette lets its handler's exception through
        assert left.code == 3000
    assert (socket.sent, len(asyncio.all_tasks()), kept(app)) == ([], 1, 0)
