"""Starts one of the ASGI servers as a process of its own, with one of the served applications."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.processes import end
from tests.servers.valkey import free_port

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "uvicorn": ["uvicorn", "--http", "httptools", "--port", "{port}", "{app}"],
    "uvicorn-h11-wsproto": ["uvicorn", "--http", "h11", "--ws", "wsproto", "--port", "{port}", "{app}"],
    "hypercorn": ["hypercorn", "--access-logfile", "-", "--bind", "127.0.0.1:{port}", "{app}"],
    "granian": ["granian", "--interface", "asgi", "--access-log", "--port", "{port}", "{app}"],
    "daphne": ["daphne", "--port", "{port}", "{app}"],
}
TRIO = {"hypercorn-trio": [*COMMANDS["hypercorn"], "--worker-class", "trio"]}
HTTP2 = {"granian-h2": ["granian", "--interface", "asgi", "--http", "2", "--port", "{port}", "{app}"]}


@contextlib.contextmanager
def served(server: str, app: str, log: Path, module: str = "served") -> Iterator[str]:
    """Serve ``tests.asgi.apps.<module>:<app>``; yield ``127.0.0.1:<port>``; ``log`` has what it says."""
    port = free_port()
    process = started(server, app, log, module, port=port)
    try:
        _await_port(port, process, log)
        yield f"127.0.0.1:{port}"
    finally:
        end(process)


def started(server: str, app: str, log: Path, module: str, *, port: int) -> subprocess.Popen[bytes]:
    """Return the process of a server that may not get as far as to listen."""
    name = f"tests.asgi.apps.{module}:{app}"
    words = [word.format(port=port, app=name) for word in {**COMMANDS, **HTTP2, **TRIO}[server]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        command = [sys.executable, "-m", *words]
        return subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=environment)


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)  # a server's start is the one thing that no clock of ours drives
