"""A real nginx with a configuration of the documentation, on a free port, before servers of the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import end

_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_binary() -> str | None:
    """Return the path of an installed nginx."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def nginx(directory: Path, block: str, *, port: int) -> Iterator[None]:
    """Run nginx with a block of the documentation, which is to listen at that port, as long as this lasts."""
    binary = nginx_binary()
    assert binary
    directory.mkdir()
    (directory / "nginx.conf").write_text(_whole(directory, block), "utf-8")
    log = directory / "error.log"
    command = [binary, "-p", f"{directory}/", "-c", "nginx.conf", "-e", str(log), "-g", "daemon off;"]
    process = subprocess.Popen(command, cwd=directory, stderr=subprocess.DEVNULL)
    try:
        _await_listening(port, process, log)
        yield
    finally:
        end(process)
    told = [line for line in log.read_text("utf-8").splitlines() if "[error]" in line or "[crit]" in line]
    assert told == [], told


def _whole(directory: Path, block: str) -> str:
    folders = [f"{name}_temp_path {directory}/{name};" for name in _FOLDERS]
    user = [f"user {pwd.getpwuid(0).pw_name};"] if os.geteuid() == 0 else []
    about = [
        f"pid {directory}/pid;",
        "events {}",
        "http {",
        "access_log off;",
        "log_not_found off;",
        *folders,
    ]
    return "\n".join([*user, "worker_processes 2;", *about, block, "}"]) + "\n"


def _await_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.02)  # a server's start is the one thing that no clock of ours drives
        else:
            return
