"""Poolers in transaction mode before a real PostgreSQL: PgBouncer, and a stand-in that gives its answers."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import extensions

from tests.servers.valkey import free_port

PARAMETER = "unsupported startup parameter: options"  # PgBouncer 1.18's sentence
_TLS, _GSS = 80877103, 80877104  # SSLRequest, GSSENCRequest


def pgbouncer_binary() -> str | None:
    """Return the path of an installed PgBouncer."""
    return shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")


@contextmanager
def pgbouncer(upstream: str, *, ignores_options: bool = False) -> Generator[str]:
    """Yield the URL of a database behind PgBouncer in transaction mode, with one connection to share."""
    binary = pgbouncer_binary()
    assert binary
    parts, port = extensions.parse_dsn(upstream), free_port()
    with tempfile.TemporaryDirectory(prefix="jwt-auth-bouncer-") as directory:
        settings = Path(directory) / "pgbouncer.ini"
        settings.write_text(_configuration(parts, port, ignores_options=ignores_options), "utf-8")
        Path(directory).chmod(0o755)
        command = [binary, *_as_owner_of(parts.get("host", "")), str(settings)]
        with (Path(directory) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            url = f"postgresql://{parts.get('user', 'postgres')}@127.0.0.1:{port}/{parts['dbname']}"
            _await_answer(url, Path(directory) / "log")
            yield url
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _configuration(parts: dict[str, str], port: int, *, ignores_options: bool) -> str:
    words = {name: parts[name] for name in ("host", "port", "user", "password", "dbname") if parts.get(name)}
    lines = [
        "[databases]",
        "* = " + " ".join(f"{name}={text}" for name, text in words.items()),
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        "default_pool_size = 1",
        *(["ignore_startup_parameters = options"] if ignores_options else []),
    ]
    return "\n".join(lines) + "\n"


def _as_owner_of(host: str) -> list[str]:
    """Return what makes PgBouncer, which does not run as root, somebody who may reach the server's socket."""
    if os.geteuid() != 0:
        return []
    owner = Path(host).stat().st_uid if host.startswith("/") else 0
    return ["-u", pwd.getpwuid(owner).pw_name if owner else "nobody"]


def _await_answer(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(psycopg2.Error):
            psycopg2.connect(url).close()
            return
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)  # a server's start is the one thing that no clock of ours drives


class StandIn:
    """Listens on loopback and answers the start of a connection as poolers do; then passes everything on.

    It refuses start-up options, or drops them; the process that it names is none of the server's.
    ``queries`` are the simple queries that came; it says nothing while it is not ``awake``,
    and logs everybody in as ``user``.
    """

    def __init__(
        self, upstream: str, *, ignores_options: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self._parts = extensions.parse_dsn(upstream)
        self._tls = tls
        self._ignores_options = ignores_options
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = [self._listener]
        self.connections = 0
        self.queries: list[bytes] = []
        self.awake = threading.Event()
        self.awake.set()
        self.port: int = self._listener.getsockname()[1]
        self.user, password = self._parts.get("user", "postgres"), self._parts.get("password", "")
        self.url = f"postgresql://{self.user}:{password}@127.0.0.1:{self.port}/{self._parts['dbname']}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close every connection."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.connections += 1
                self._ends.append(near)
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error):
            self.awake.wait()
            near, words = self._startup(near)
            if b"options" in words and not self._ignores_options:
                near.sendall(_message(b"E", f"SFATAL\0C08P01\0M{PARAMETER}\0\0".encode()))
                near.shutdown(socket.SHUT_RDWR)
                return
            words.pop(b"options", None)
            words[b"user"] = self.user.encode()
            far = self._upstream()
            self._ends.append(far)
            body = (
                struct.pack("!I", 196608) + b"".join(k + b"\0" + v + b"\0" for k, v in words.items()) + b"\0"
            )
            far.sendall(struct.pack("!I", len(body) + 4) + body)
            threading.Thread(target=self._requests, args=(near, far), daemon=True).start()
            self._replies(far, near)

    def _startup(self, near: socket.socket) -> tuple[socket.socket, dict[bytes, bytes]]:
        while True:
            (length,) = struct.unpack("!I", _exactly(near, 4))
            body = _exactly(near, length - 4)
            (code,) = struct.unpack("!I", body[:4])
            if code == _TLS and self._tls:
                near.sendall(b"S")
                near = self._tls.wrap_socket(near, server_side=True, do_handshake_on_connect=False)
                self._ends.append(near)
                near.do_handshake()
            elif code in {_TLS, _GSS}:
                near.sendall(b"N")
            else:
                words = body[4:].rstrip(b"\0").split(b"\0")
                return near, dict(zip(words[::2], words[1::2], strict=False))

    def _upstream(self) -> socket.socket:
        host, port = self._parts.get("host", "localhost"), int(self._parts.get("port", "5432"))
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far

    def _requests(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error):
            while True:
                kind, body = _read_message(near)
                if kind == b"Q":
                    self.queries.append(body.rstrip(b"\0"))
                far.sendall(_message(kind, body))
        _end(far)

    def _replies(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error):
            while True:
                kind, body = _read_message(far)
                near.sendall(_message(kind, struct.pack("!II", 4242, 1) if kind == b"K" else body))
        _end(near)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _read_message(end: socket.socket) -> tuple[bytes, bytes]:
    kind, length = struct.unpack("!cI", _exactly(end, 5))
    return kind, _exactly(end, length - 4)


def _exactly(end: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = end.recv(count - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
