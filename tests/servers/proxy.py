"""A TCP proxy between the code under test and a real server, that does as much harm as a test asks.

``request`` and ``reply`` see each piece of data and return what is passed on; they may wait, or
raise `Cut` to close both ends. By default everything passes.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

Hook = Callable[[bytes], bytes]


class Cut(Exception):  # noqa: N818 - an order, not an error
    """Pass ``rest`` on, then close the connection."""

    def __init__(self, rest: bytes = b"") -> None:
        super().__init__()
        self.rest = rest


def passing(data: bytes) -> bytes:
    """Pass everything on."""
    return data


def cutting(_: bytes) -> bytes:
    """Pass nothing on and close the connection."""
    raise Cut


def halving(data: bytes) -> bytes:
    """Pass half of it on and close the connection."""
    raise Cut(data[: len(data) // 2])


class Proxy:
    """Listens on ``port`` of the loopback interface and passes on to ``target``; speaks TLS if told to."""

    def __init__(self, target: int, *, tls: ssl.SSLContext | None = None) -> None:
        self.target = target
        self.tls = tls
        self.request: Hook = passing
        self.reply: Hook = passing
        self.connections = 0
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    def heal(self) -> None:
        """Pass everything on from now."""
        self.request = self.reply = passing

    def close(self) -> None:
        """Close every connection and end every thread."""
        for end in (self._listener, *self._sockets):
            _shut(end)
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.add(near)
            self._spawn(self._join, near)

    def _join(self, near: socket.socket) -> None:
        try:
            near = self.tls.wrap_socket(near, server_side=True) if self.tls else near
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            _shut(near)
            return
        self._sockets |= {near, far}
        self._spawn(self._pump, near, far, "request")
        self._spawn(self._pump, far, near, "reply")

    def _pump(self, source: socket.socket, sink: socket.socket, hook: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                try:
                    sink.sendall(getattr(self, hook)(data))
                except Cut as cut:
                    sink.sendall(cut.rest)
                    break
        _shut(source)
        _shut(sink)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
