"""Deadline: an exchange over HTTP ends in time, however slowly the other side speaks.

The timeout of a socket is that of each read: who sends an octet a second is never too slow for it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Self

Reach = Callable[[], socket.socket]
"""Connects, to an address that was looked at before: a name may have another one the next time."""


class Deadline:
    """Ends what is connected under it after so many seconds, from a thread of its own.

    A class because it holds the connections, and lets them go at the end of the block.
    """

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            while self._held:
                self._held.pop().close()

    def hold(self, connected: socket.socket) -> None:
        """End this one, too, when the time is over."""
        with self._lock:
            # A descriptor of our own: TLS takes the socket's away, and to end one ends the connection.
            self._held.append(connected.dup())
            if self.is_over:
                _end(self._held[-1])

    def connection(
        self, host: str, port: int, *, reach: Reach, context: ssl.SSLContext | None
    ) -> http.client.HTTPConnection:
        """Return a connection to a host as ``reach`` makes it, with TLS where there is a context."""
        if context is None:
            return _under(self, _Connection, host, port, reach=reach)
        return _under(self, _TlsConnection, host, port, reach=reach, context=context)

    def handlers(self) -> tuple[urllib.request.BaseHandler, ...]:
        """Return what connects for urllib's openers."""
        return _Http(self), _Https(self)

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for one in self._held:
                _end(one)


def _end(connected: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        connected.shutdown(socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """Says when it is connected; a class because http.client asks for one."""

    deadline: Deadline
    reach: Reach | None

    def connect(self) -> None:
        """Connect, and be held; before TLS, whose handshake takes time as well."""
        if self.reach is None:
            super().connect()
        else:
            self.sock = self.reach()
        self.deadline.hold(self.sock)


class _TlsConnection(http.client.HTTPSConnection, _Connection):
    """The same below TLS: `HTTPSConnection.connect` calls that of the class behind it."""


def _under(
    deadline: Deadline, kind: type[_Connection], *arguments: Any, reach: Reach | None = None, **named: Any
) -> _Connection:
    made = kind(*arguments, **named)
    made.deadline, made.reach = deadline, reach
    return made


class _Http(urllib.request.HTTPHandler):
    """Opens what is held; a class because urllib asks for one."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open it."""
        connect: Any = partial(_under, self._deadline, _Connection)
        return self.do_open(connect, req)


class _Https(urllib.request.HTTPSHandler):
    """Opens what is held; a class because urllib asks for one."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open it, the root certificates read only now: it takes longer than a request over plain http."""
        connect: Any = partial(_under, self._deadline, _TlsConnection)
        return self.do_open(connect, req, context=ssl.create_default_context())
