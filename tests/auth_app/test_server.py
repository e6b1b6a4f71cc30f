"""Under uvicorn in a process of its own, with real Argon2 and raw sockets."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from jwt_auth_asgi.executors.pool import cores
from tests.auth_app.suite.client import ADA, FORM, LOGIN
from tests.auth_app.wire import exchange, post
from tests.auth_app.world import KEY
from tests.servers.valkey import free_port

pytestmark = pytest.mark.slow

QUEUE = 16
ARGON2_BYTES = 19 * 2**20  # a hash of the default profile
JSON_HEAD = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start uvicorn; return its process and address, with Ada registered."""
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "log"
    environment = {**os.environ, "JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "HASH_QUEUE": str(QUEUE)}
    command = [sys.executable, "-m", "uvicorn", "tests.auth_app.served:app", "--port", str(port)]
    with log.open("wb") as out:
        root = Path(__file__).parents[2]
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=root, env=environment)
    try:
        await_port(port, process, log)
        assert asyncio.run(exchange(("127.0.0.1", port), post("/auth/register", ADA))).status == 201
        yield process, ("127.0.0.1", port), log
    finally:
        process.terminate()
        process.wait(20)


def await_port(port, process, log):
    """Wait until somebody listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)  # a server's start is the one thing that no clock of ours drives
    pytest.fail(log.read_text())


RAW = [
    (JSON_HEAD + b"Content-Length: 2\r\n\r\n{]", 400),
    (JSON_HEAD + b"Content-Length: 4\r\n\r\n\xff\xfe\x00\x00", 400),
    (JSON_HEAD + b"Content-Length: 99999999\r\n\r\n{", 413),
    (JSON_HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{", None),
    (JSON_HEAD + b"Content-Length: -1\r\n\r\n{}", None),
    (
        JSON_HEAD
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"2000\r\n"
        + b" " * 8192
        + b"\r\n2001\r\n"
        + b" " * 8193,
        413,
    ),
    (JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", None),
    (JSON_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", 415),
    (post("/auth/login", b"[" * 16_000), 400),
    (post("/auth/login", b'{"email":"\\ud800"}'), 400),
    (post("/auth/login", b"&".join(b"f%d=1" % n for n in range(2000)), kind=FORM), 400),
    (post("/auth/login", b"f=1&" * 100_000, kind=FORM), 413),
    (post("/auth/login", b"{}", kind="text/plain"), 415),
    (post("/auth/login?%ff=\xff", b"{}"), None),
    (post("/auth/login", b"{}", "Cookie: \xff\xfe=\x01"), None),
    (post("/auth/refresh", b"", "Cookie: __Host-refresh_token=\xe4"), 401),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n", None),
    (b"BREW /auth/login HTTP/1.1\r\nHost: x\r\n\r\n", None),
    (b"POST /auth/login HTTP/1.1\r\n\r\n", None),
]


@pytest.mark.parametrize(("data", "status"), RAW, ids=range(len(RAW)))
async def test_raw_garbage_is_refused_and_harmless(server, data, status):
    """Whatever bytes arrive: a 4xx or a closed connection, never a 5xx, and the server goes on."""  # F-31
    _, address, log = server
    reply = await exchange(address, data)
    assert reply.status == status if status else reply.status < 500
    assert (await exchange(address, post("/auth/login", LOGIN))).status == 200
    assert "Traceback" not in log.read_text()


async def test_a_herd_of_logins_is_bounded(server):
    """Five hundred logins at once: some are served, the rest hear so at once; memory stays bounded."""
    # F-20
    process, address, _ = server
    memory = psutil.Process(process.pid).memory_info

    before, peak = memory().rss, 0
    herd = asyncio.gather(*(exchange(address, post("/auth/login", LOGIN)) for _ in range(500)))
    pings = []
    while not herd.done():
        pings.append((await exchange(address, b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")).seconds)
        peak = max(peak, memory().rss)
        await asyncio.sleep(0.005)
    replies, pings, growth = await herd, sorted(pings), peak - before
    served = [reply for reply in replies if reply.status == 200]
    refused = [reply for reply in replies if reply.status == 503]
    assert len(served) + len(refused) == 500
    assert len(served) >= QUEUE
    assert growth <= 1.1 * cores() * ARGON2_BYTES + 500 * 2**16  # and 64 KiB a connection
    assert pings[len(pings) // 2] < 0.25


async def test_clients_that_leave_make_room(server):
    """Logins whose clients went away are not hashed: who stays is served at once."""  # F-19
    _, address, _ = server

    for _ in range(5):
        leaving = [await asyncio.open_connection(*address) for _ in range(QUEUE)]
        for _, writer in leaving:
            writer.write(post("/auth/login", LOGIN))
            await writer.drain()
        for _, writer in leaving:
            writer.transport.abort()
    assert (await exchange(address, post("/auth/login", LOGIN))).status in {200, 503}
    assert (await exchange(address, post("/auth/login", LOGIN))).status == 200
