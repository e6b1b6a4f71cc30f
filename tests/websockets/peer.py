"""A server and its client in one: opens websockets in this loop, and shows what both sides see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.asgi.drive import Message, bearer, websocket_scope

PATIENCE_SECONDS = 60.0
EXPIRED = {"code": 3000, "reason": "access token expired"}
CLOSED = {"type": "websocket.close", **EXPIRED}


class Socket:
    """One websocket to an application. ``sent`` is what the client got, ``blocked`` stalls the sending."""

    def __init__(self, app: Callable[..., Any], token: str | None = None, **more: Any) -> None:
        headers = [bearer(token)] if token and "offered" not in more else []
        self.scope = websocket_scope("/", headers, **more)
        self.sent: list[Message] = []
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._changed = asyncio.Event()
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(app(self.scope, self._incoming.get, self._send))

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            await self.flowing.wait()
        self.sent.append(dict(message))
        self._changed.set()

    def say(self, text: str) -> None:
        """Send a message to the application."""
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        """Close it from the client's side."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1001, "reason": ""})

    async def next(self) -> Message:
        """Return what comes next, and take it off."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.sent:
                self._changed.clear()
                await self._changed.wait()
        return self.sent.pop(0)

    async def over(self) -> Any:
        """Wait until the application has returned; raise what it raised."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.task


async def opened(app: Callable[..., Any], token: str | None = None, **more: Any) -> Socket:
    """Open a websocket and wait for the accept."""
    socket = Socket(app, token, **more)
    assert (await socket.next())["type"] == "websocket.accept"
    return socket


class Echo:
    """Repeats what it is told until it is disconnected; keeps scopes and what ended it."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []
        self.ends: list[Message] = []

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        self.ends.append(message)


def look(app: Any) -> None:
    """Let the middleware look at its clock, as it does each second."""
    for connections in list(app.connections.by_loop.values()):
        connections.on_tick()


def kept(app: Any) -> int:
    """Return how many websockets a middleware keeps, by every index that it has."""
    by_loop = list(app.connections.by_loop.values())
    return len(app.connections) + sum(loop.named() for loop in by_loop)
