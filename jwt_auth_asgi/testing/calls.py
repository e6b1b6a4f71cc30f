"""Calls of an application without a server: one request or handshake, and how it was answered.

Nothing but ASGI: no client need be installed, and no call leaves the process. What streams for ever is left
once it has begun to answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from jwt_auth_asgi.asgi import App, Message
from jwt_auth_asgi.identity.rules import WEBSOCKET
from jwt_auth_asgi.testing.route import Route
from jwt_auth_core.records import dataclass

PATIENCE_SECONDS: Final = 30
_GRACE_SECONDS: Final = 1
_REFUSED: Final = frozenset({401, 403})
_OPEN_FROM: Final = 500
_SERVED: Final = frozenset({101, *range(200, 300)})
_CLIENT_ERRORS: Final = range(400, 500)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call was answered: ``text`` is for tables, ``fault`` an exception of the application's."""

    text: str
    status: int = 0
    fault: str = ""

    @property
    def is_refusal(self) -> bool:
        """Tell whether it says that the caller is not let in."""
        return self.status in _REFUSED

    @property
    def is_served(self) -> bool:
        """Tell whether the caller was given what was asked for."""
        return self.status in _SERVED

    @property
    def is_open(self) -> bool:
        """Tell whether the caller got further than the door: served, sent elsewhere, or in a crash."""
        return self.status not in _CLIENT_ERRORS


class _Exchange:
    """One call; a class because its two ends share what was sent."""

    def __init__(self, first: Message) -> None:
        self.answered = asyncio.Event()
        self.messages: list[Message] = []
        self._first: list[Message] = [first]
        self._kind: str = first["type"].partition(".")[0]

    async def receive(self) -> Message:
        """Hand over the request; after the answer has begun, the client is gone."""
        if self._first:
            return self._first.pop()
        await self.answered.wait()
        return {"type": f"{self._kind}.disconnect", "code": 1000}

    async def send(self, message: Message) -> None:
        """Keep what the application says."""
        self.messages.append(message)
        self.answered.set()


async def call(app: App, route: Route, headers: Mapping[str, str]) -> Answer:
    """Call a route; return how it answered."""
    if route.method == WEBSOCKET:
        exchange = _Exchange({"type": "websocket.connect"})
    else:
        exchange = _Exchange({"type": "http.request", "body": b"", "more_body": False})
    fault = await _run(app, _scope(route, headers), exchange)
    if not exchange.messages:
        return Answer("500", 500, fault) if fault else Answer("no answer", 500)
    return _answer(exchange.messages[0], fault)


async def _run(app: App, scope: Message, exchange: _Exchange) -> str:
    task = asyncio.ensure_future(app(scope, exchange.receive, exchange.send))
    begun = asyncio.ensure_future(exchange.answered.wait())
    await asyncio.wait({task, begun}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({task}, timeout=_GRACE_SECONDS if exchange.messages else 0)
    begun.cancel()
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_GRACE_SECONDS)
    error = task.exception() if task.done() and not task.cancelled() else None
    return "" if error is None else f"{type(error).__name__}: {error}".partition("\n")[0]


def _answer(message: Message, fault: str) -> Answer:
    kind: str = message["type"]
    if kind == "websocket.accept":
        return Answer("accepted", 101)
    if kind == "websocket.close":  # before accept: a server makes 403 of it
        return Answer(f"closed {message.get('code', 1000)}", 403)
    status: int = message.get("status", 500)
    return Answer(str(status), status, fault if status >= _OPEN_FROM else "")


def _scope(route: Route, headers: Mapping[str, str]) -> Message:
    lines = {"host": route.host or "testserver", "accept": "*/*", "user-agent": "jwt-auth", **headers}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},  # in which a stream minds that its client is gone
        "http_version": "1.1",
        "method": route.method,
        "scheme": "https",  # over http some applications answer everybody with a redirect
        "path": route.url,
        "raw_path": quote(route.url).encode("ascii"),
        "query_string": route.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines.items()],
        "client": ("127.0.0.1", 1),
        "server": (route.host or "testserver", 443),
        "state": {},
        "extensions": {},
    }
    if route.method == WEBSOCKET:
        del scope["method"]
        scope |= {"type": "websocket", "scheme": "wss", "subprotocols": []}
        scope["extensions"] = {"websocket.http.response": {}}
    return scope
