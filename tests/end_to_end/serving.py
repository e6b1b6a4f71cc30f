"""An application behind a real uvicorn: in a thread of this process, or as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from tests.examples.serving import environment

PATIENCE_SECONDS = 60.0
BIN = Path(sys.executable).parent
RUNNING = re.compile(r"Uvicorn running on (http://\S+)")


def until(condition: Callable[[], object], *, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that no event of ours announces."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


class Threaded(uvicorn.Server):
    """A uvicorn server that says when it is ready, and shows its loop."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(uvicorn.Config(app, log_config=None, lifespan="on", **options))
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._socket.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._run, name="uvicorn")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    def begin(self) -> None:
        """Start, and wait until it listens."""
        self._thread.start()
        assert self.ready.wait(PATIENCE_SECONDS)
        assert self.started, "the application did not start"

    def end(self) -> None:
        """Stop as a signal would stop it, and wait for it."""
        self.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def tasks(self) -> int:
        """Return how many tasks the server's loop has."""
        assert self.loop is not None
        counted = asyncio.run_coroutine_threadsafe(_other_tasks(), self.loop)
        return counted.result(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            self.run([self._socket])
        finally:
            self.ready.set()


async def _other_tasks() -> int:
    return len(asyncio.all_tasks()) - 1


@contextmanager
def threaded(app: Any, **options: Any) -> Generator[Threaded]:
    """Yield the running server of an application."""
    server = Threaded(app, **options)
    server.begin()
    try:
        yield server
    finally:
        server.end()


class Worker:
    """A server process started by a command; what it says is kept."""

    def __init__(self, command: Sequence[str], *, directory: Path, env: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [BIN / command[0], *command[1:]],
            cwd=directory,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def origin(self, *, within_seconds: float = PATIENCE_SECONDS) -> str:
        """Return where it serves, as soon as it says so."""
        return self.await_line(RUNNING, within_seconds=within_seconds)[1]

    def await_line(
        self, pattern: re.Pattern[str], *, within_seconds: float = PATIENCE_SECONDS
    ) -> re.Match[str]:
        """Return the first new line that matches; none may take longer than that."""
        with contextlib.suppress(queue.Empty):
            while line := self._said.get(timeout=within_seconds):
                if found := pattern.search(line):
                    return found
        raise AssertionError(f"it did not say {pattern.pattern!r}:\n" + self.output)

    @property
    def output(self) -> str:
        """Return all that it said so far."""
        return "".join(self.lines)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end; return its exit status."""
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return status

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        self.process.kill()
        self.ended()

    def close(self) -> None:
        """Stop it, the hard way where it does not want to."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.ended()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self._said.put(line)
        self._said.put("")


@contextmanager
def worker(*command: str, directory: Path, env: Mapping[str, str]) -> Generator[Worker]:
    """Yield the process of a command of this environment; end it afterwards."""
    started = Worker(command, directory=directory, env=env)
    try:
        yield started
    finally:
        started.close()
