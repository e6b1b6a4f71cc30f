"""Servers and their load, each in a process of its own, so that neither slows the other's interpreter.

`Served` is one uvicorn (uvloop, httptools, one worker, no access log); `put_load` and `send_herd` run
`benchmarks.load` and `benchmarks.herd`, and return what they measured.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import end
from tests.servers.valkey import free_port


@dataclass(frozen=True, slots=True)
class Served:
    """A running server; memory is read from the kernel."""

    port: int
    process: subprocess.Popen[bytes]

    def megabytes(self, *, peak: bool = True) -> float:
        """Return its resident memory, the highest so far unless told otherwise."""
        name = "VmHWM:" if peak else "VmRSS:"
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith(name))
        return int(line.split()[1]) / 1024

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(
    factory: str, environment: Mapping[str, str] | None = None, *, workers: int = 1
) -> Iterator[Served]:
    """Serve what ``module:function`` returns."""
    port = free_port()
    words = ["--factory", factory, "--port", str(port), "--loop", "uvloop", "--http", "httptools"]
    words += ["--no-access-log", "--log-level", "warning", "--backlog", "4096"]
    words += ["--workers", str(workers)] if workers > 1 else []
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "uvicorn", *words], env={**os.environ, **(environment or {})}
    )
    try:
        _await_answer(port, process)
        yield Served(port, process)
    finally:
        end(process)


@contextmanager
def all_served(
    factories: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> Iterator[dict[str, Served]]:
    """Serve several; the ones without load cost the others nothing."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(served(factory, environment)) for name, factory in factories.items()}


def put_load(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Run a plan of `benchmarks.load`; the figures come back by group."""
    return _told("benchmarks.load", plan)


def send_herd(port: int, requests: Sequence[str]) -> dict[str, Any]:
    """Send every request at the same moment, see `benchmarks.herd`."""
    return _told("benchmarks.herd", {"port": port, "requests": list(requests)})


def _told(module: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    told = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", module],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=600,
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _await_answer(port: int, process: subprocess.Popen[bytes], *, within_seconds: float = 60) -> None:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server on port {port} did not start")
