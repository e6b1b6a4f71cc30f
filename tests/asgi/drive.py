"""Speaks ASGI to an application without a server: one request, or one websocket handshake."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

Header = tuple[bytes, bytes]
Message = dict[str, Any]
Run = Callable[[Coroutine[Any, Any, None]], None]
HANDSHAKE = {"websocket.http.response": {}}


@dataclass(frozen=True)
class Answer:
    """What an application sent in reply to one request."""

    status: int
    header_lines: list[Header]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name; a repeated name is an error in these tests."""
        names = [name for name, _ in self.header_lines]
        assert len(names) == len(set(names)), names
        return {name.decode(): value.decode() for name, value in self.header_lines}

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def challenge(self) -> str | None:
        """The WWW-Authenticate header."""
        return self.headers.get("www-authenticate")


def bearer(token: str, scheme: str = "Bearer") -> Header:
    """Return the header that carries a token."""
    return b"authorization", f"{scheme} {token}".encode("latin-1")


def http_scope(path: str = "/", headers: Iterable[Header] = (), **more: Any) -> Message:
    """Return the scope of a request, as a server would make it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        **more,
    }


def websocket_scope(
    path: str = "/", headers: Iterable[Header] = (), offered: str | None = None, **more: Any
) -> Message:
    """Return the scope of a handshake; ``offered`` is the Sec-WebSocket-Protocol header, if any."""
    scope = http_scope(path, headers)
    del scope["method"]
    names = []
    if offered is not None:
        scope["headers"].append((b"sec-websocket-protocol", offered.encode("latin-1")))
        names = [name.strip() for name in offered.split(",")]
    return {
        **scope,
        "type": "websocket",
        "scheme": "ws",
        "subprotocols": names,
        "extensions": HANDSHAKE,
        **more,
    }


def call(
    app: Callable[..., Any],
    scope: Message,
    incoming: Iterable[Message] = (),
    run: Run = asyncio.run,
    *,
    until: str | None = None,
) -> list[Message]:
    """Run an application once; return what it sent.

    After ``incoming`` the client is gone, but not before it was sent a message of type ``until``: some
    frameworks end a handler at once when its client has left.
    """
    waiting, sent = list(incoming), []
    kind = scope["type"]
    said = asyncio.Event()

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        if until is not None:
            await said.wait()
        return {"type": f"{kind}.disconnect", "code": 1005}

    async def send(message: Message) -> None:
        sent.append(dict(message))
        if message["type"] == until:
            said.set()

    run(app(scope, receive, send))
    return sent


def request(app: Callable[..., Any], scope: Message, body: bytes = b"", run: Run = asyncio.run) -> Answer:
    """Send one request; return the answer, whole."""
    sent = call(app, scope, [{"type": "http.request", "body": body, "more_body": False}], run)
    start, *parts = sent
    assert start["type"] == "http.response.start"
    assert {part["type"] for part in parts} == {"http.response.body"}
    assert not parts[-1].get("more_body", False)
    return Answer(start["status"], list(start["headers"]), b"".join(part.get("body", b"") for part in parts))


def get(app: Callable[..., Any], path: str = "/", *headers: Header, **more: Any) -> Answer:
    """Send a GET request."""
    return request(app, http_scope(path, headers, **more))


def shake(
    app: Callable[..., Any],
    path: str = "/",
    *headers: Header,
    offered: str | None = None,
    until: str | None = None,
    **more: Any,
) -> list[Message]:
    """Open a websocket; return what the application sent until it ended or the client left (see `call`)."""
    scope = websocket_scope(path, headers, offered, **more)
    return call(app, scope, [{"type": "websocket.connect"}], until=until)


def refusal(messages: list[Message]) -> Answer:
    """Return the answer by which a handshake was refused through ``websocket.http.response``."""
    start, body = messages
    assert (start["type"], body["type"]) == ("websocket.http.response.start", "websocket.http.response.body")
    return Answer(start["status"], list(start["headers"]), body["body"])


async def respond(scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Answer a request with 200 and nothing else; accept a websocket."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
