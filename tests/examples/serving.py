"""Runs an example as its user does: a process of its own, on a free port, in an empty directory."""

from __future__ import annotations

import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
STARTED = "Application startup complete"
RUNNING = re.compile(r"Uvicorn running on (\S+)")
SETTINGS = (
    "JWT_",
    "ACCESS_",
    "REFRESH_",
    "SESSION_",
    "DB_",
    "DATABASE_",
    "REDIS_",
    "COOKIE_",
    "TRUSTED_",
    "WEBHOOK_",
)
PATIENCE_SECONDS = 60.0


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a user who has set nothing but ``more``."""
    own = {name: text for name, text in os.environ.items() if not name.startswith(SETTINGS)}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **(more or {})}


def run(*words: str, directory: Path, env: Mapping[str, str] | None = None, text: str = "") -> str:
    """Run ``python`` with these words to its end; return what it printed."""
    command = [sys.executable, *words]
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment(env),
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(
    app: str, *, directory: Path, env: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the origin of ``uvicorn app``, and end the process afterwards."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", "0", *options]
    with process(command, directory=directory, env=env) as origin:
        yield origin


@contextmanager
def process(
    command: Sequence[str], *, directory: Path, env: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield the origin of the server that a command starts, and end it afterwards."""
    with subprocess.Popen(
        command, cwd=directory, env=environment(env), stderr=subprocess.PIPE, text=True
    ) as server:
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(server.stderr, said))
        reader.start()
        try:
            origin = _origin(said)
            _await_listening(origin, server)
            yield origin
        finally:
            _end(server)
            reader.join()


def _read(stream: Iterable[str], said: queue.SimpleQueue[str]) -> None:
    for line in stream:
        said.put(line)
    said.put("")


def _origin(said: queue.SimpleQueue[str]) -> str:
    text = ""
    while line := said.get(timeout=PATIENCE_SECONDS):
        text += line
        # With --reload the address is named before anybody listens there.
        if STARTED in text and (found := RUNNING.search(text)):
            return found[1]
    raise AssertionError("the server did not start:\n" + text)


def _await_listening(origin: str, server: subprocess.Popen[str]) -> None:
    """Wait until somebody listens: with --reload that is a moment after the application has started."""
    where = urlsplit(origin)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((where.hostname or "", where.port or 0), timeout=1):
            return
        time.sleep(0.01)  # a server's start is the one thing that no clock of ours drives
    raise AssertionError(f"nobody listens on {origin}")


def _end(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
