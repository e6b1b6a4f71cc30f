"""What it costs to mind open websockets: memory of each, a message, the close of all (S11).

    python -m benchmarks.websockets            # bare uvicorn beside the same application behind us
    python -m benchmarks.websockets --check    # fails when one takes over 1.3 times the memory of a bare one

Each side is a uvicorn of its own that holds 5,000 websockets, of 5,000 sessions of one user, without
compression, which takes most of the memory where it is asked for; what is counted is the growth of
its resident memory. Then the user is cut off: how long until all clients have read their close. What
we add to a message is measured without a server.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks.measuring import show, target
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core import Auth, Secret, Settings
from tests.servers.valkey import free_port

SECRET = "a secret for measuring, of forty-odd bytes length"
USER = "0b9ac7e4-52a7-4f39-9c4d-7b1d3e5f9a20"
COUNT = 5_000
AT_ONCE = 50
MESSAGES = 5_000
MOST = 1.3
SETTINGS = Settings(jwt_key=Secret(SECRET), database_url=Secret("sqlite://"))
CUT_OFF = "cut off"


def application(auth: Auth) -> Callable[..., Any]:
    """Return an application that repeats messages, until one asks for the end of all."""

    async def app(scope, receive, send):
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            if message["text"] == CUT_OFF:
                auth.revocations.revoke_user(USER, before=2_000_000_000)
            else:
                await send({"type": "websocket.send", "text": message["text"]})

    return app


def serve(side: str, port: int) -> None:
    """In a process of its own: uvicorn with or without us."""
    auth = Auth.from_settings(SETTINGS)
    app = application(auth)
    wrapped = BearerMiddleware(app, auth) if side == "ours" else app
    uvicorn.run(wrapped, port=port, log_level="warning", lifespan="off", ws_ping_interval=None)


def resident(process: int) -> int:
    """Return the bytes of memory that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Client:
    """One websocket, with as little of a client around it as will do."""

    async def open(self, port: int, token: str) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET / HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Authorization: Bearer {token}",
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        assert (await self.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        return self

    def say(self, text: str) -> None:
        body = text.encode()
        self.writer.write(bytes([0x81, 0x80 | len(body)]) + bytes(4) + body)

    async def read(self) -> tuple[int, bytes]:
        """Return the kind and the body of the next frame."""
        head = await self.reader.readexactly(2)
        return head[0] & 0x0F, await self.reader.readexactly(head[1] & 0x7F)


async def opened(port: int, tokens: list[str]) -> list[Client]:
    clients: list[Client] = []
    for first in range(0, len(tokens), AT_ONCE):
        some = tokens[first : first + AT_ONCE]
        clients += await asyncio.gather(*(Client().open(port, token) for token in some))
    return clients


async def closing(clients: list[Client]) -> tuple[float, set[bytes]]:
    """Cut the user off; return the milliseconds until the last client read its close, and the codes."""
    started = time.perf_counter()
    clients[0].say(CUT_OFF)
    ends = await asyncio.gather(*(client.read() for client in clients))
    assert {kind for kind, _ in ends} == {8}
    return (time.perf_counter() - started) * 1e3, {body[:2] for _, body in ends}


def added() -> float:
    """Return the microseconds that we add to a message and its answer, without a server."""
    auth = Auth.from_settings(SETTINGS)
    token = auth.tokens.issue(subject=USER, session_id="5e55" * 8)
    bare, ours = application(auth), BearerMiddleware(application(auth), auth)
    sides = [[asyncio.run(talked(app, token)) for app in (bare, ours)] for _ in range(9)]
    auth.close()
    return statistics.median(wrapped - plain for plain, wrapped in sides)


async def talked(app: Callable[..., Any], token: str) -> float:
    """Return the microseconds of a message and its answer where neither waits for anything."""
    messages = [{"type": "websocket.receive", "text": "hello"}] * MESSAGES
    waiting = iter([{"type": "websocket.connect"}, *messages, {"type": "websocket.disconnect", "code": 1000}])

    async def receive():
        return next(waiting)

    async def send(message):
        pass

    headers = [(b"authorization", b"Bearer " + token.encode())]
    started = time.perf_counter()
    await app({"type": "websocket", "path": "/", "headers": headers}, receive, send)
    return (time.perf_counter() - started) * 1e6 / MESSAGES


async def measured(side: str, port: int, process: int) -> dict[str, float]:
    tokens = Auth.from_settings(SETTINGS).tokens
    issued = [tokens.issue(subject=USER, session_id=f"{n:032x}") for n in range(COUNT + 200)]
    warm = await opened(port, issued[COUNT:])  # what the server needs once is not a websocket's
    await asyncio.sleep(0.5)
    before = resident(process)
    clients = await opened(port, issued[:COUNT])
    await asyncio.sleep(0.5)
    told = {"KiB a websocket": (resident(process) - before) / COUNT / 1024}
    if side == "ours":
        told["ms to close all"], codes = await closing(clients)
        assert codes == {(3000).to_bytes(2, "big")}
    for client in warm + clients:
        client.writer.close()
    return told


def run(side: str) -> dict[str, float]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.websockets", "--serve", side, "--port", str(port)]
    with subprocess.Popen(command) as server:  # noqa: S603 - this very module
        try:
            time.sleep(3)
            return asyncio.run(measured(side, port, server.pid))
        finally:
            server.kill()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", choices=["bare", "ours"])
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.port)
        return 0
    results: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
    for _ in range(asked.rounds):
        for side, told in results.items():
            told.append(run(side))
    medians = {
        side: {name: statistics.median(one[name] for one in told) for name in told[0]}
        for side, told in results.items()
    }
    rows = [
        {"application": name, **{what: round(figure, 1) for what, figure in medians[side].items()}}
        for side, name in (("bare", "bare"), ("ours", "behind BearerMiddleware"))
    ]
    rows[1]["us added to a message and its answer"] = round(added(), 1)
    show("S11", rows, title=f"{COUNT:,} websockets")
    ratio = medians["ours"]["KiB a websocket"] / medians["bare"]["KiB a websocket"]
    met = target("S11", "memory of a websocket, of a bare one's", ratio, at_most=MOST)
    return int(asked.check and not met)


if __name__ == "__main__":
    sys.exit(main())
