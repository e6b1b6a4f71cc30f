"""A TCP proxy before a real server: it delays, stalls, and cuts where the test says.

with proxied(redis_url) as proxy:           # or a PostgreSQL URL
    client = connect(proxy.url)
    proxy.cut(Cut.AFTER, b"COMMIT")         # the next request with these octets: sent, answer lost
    proxy.cut(Cut.BEFORE, b"COMMIT")        # ... never sent
    proxy.cut(Cut.INSIDE, b"GET", keep=3)   # ... sent, three octets of the answer arrive
    proxy.cut_all()                         # every open connection, now
    proxy.stall(); proxy.flow()             # nothing passes, until it does again
    proxy.delay_seconds = 0.2               # every answer is late
    proxy.refuse(); proxy.accept()          # new connections are closed at once, or served
    proxy.connections, proxy.open           # how many there were, how many there are
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit

CHUNK = 65536


class Cut(Enum):
    """Where a connection ends, seen from one request."""

    BEFORE = "the request is not sent"
    AFTER = "the request is answered, the answer is lost"
    INSIDE = "the answer breaks off"


@dataclass
class _Order:
    """One cut that is still to come."""

    where: Cut
    marker: bytes
    keep: int


class Proxy:
    """Listens on loopback and passes octets to ``upstream``: (host, port), or the path of a socket."""

    def __init__(self, upstream: tuple[str, int] | str, url: str) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = url.format(address=f"127.0.0.1:{self.port}")
        self.delay_seconds = 0.0
        self.connections = 0
        self._accepting = True
        self._flowing = threading.Event()
        self._flowing.set()
        self._orders: list[_Order] = []
        self._links: set[_Link] = set()
        self._thread = threading.Thread(target=self._listen, name="proxy", daemon=True)
        self._thread.start()

    @property
    def open(self) -> int:
        """Return how many connections pass at the moment."""
        return len(self._links)

    def cut(self, where: Cut, marker: bytes = b"", *, keep: int = 0) -> None:
        """Cut the connection of the next request that contains ``marker``, once."""
        self._orders.append(_Order(where, marker, keep))

    def cut_all(self) -> None:
        """Cut every open connection now."""
        for link in list(self._links):
            link.end()

    def stall(self) -> None:
        """Let nothing pass, in either direction; connections stay open."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let everything pass again, what was held back too."""
        self._flowing.set()

    def refuse(self) -> None:
        """Close new connections at once."""
        self._accepting = False

    def accept(self) -> None:
        """Serve new connections again."""
        self._accepting = True

    def close(self) -> None:
        """End the proxy and every connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.flow()
        self.cut_all()
        self._thread.join()

    def order_for(self, request: bytes) -> _Order | None:
        """Return, and forget, the cut that a request meets."""
        found = next((order for order in self._orders if order.marker in request), None)
        if found is not None:
            self._orders.remove(found)
        return found

    def hold(self) -> None:
        """Wait while stalled."""
        self._flowing.wait()

    def forget(self, link: _Link) -> None:
        """Count a link no more."""
        self._links.discard(link)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if not self._accepting:
                client.close()
                continue
            try:
                link = _Link(self, client, _connected(self._upstream))
            except OSError:
                client.close()
                continue
            self._links.add(link)
            link.start()


class _Link:
    """One connection through the proxy: a thread for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._order: _Order | None = None

    def start(self) -> None:
        for pump in (self._requests, self._answers):
            threading.Thread(target=pump, name="proxy link", daemon=True).start()

    def end(self) -> None:
        self._proxy.forget(self)
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _requests(self) -> None:
        with contextlib.suppress(OSError):
            while request := self._client.recv(CHUNK):
                self._proxy.hold()
                self._order = self._proxy.order_for(request) or self._order
                if self._order is not None and self._order.where is Cut.BEFORE:
                    break
                self._server.sendall(request)
        self.end()

    def _answers(self) -> None:
        with contextlib.suppress(OSError):
            while answer := self._server.recv(CHUNK):
                self._proxy.hold()
                time.sleep(self._proxy.delay_seconds)
                if self._order is not None:
                    self._client.sendall(answer[: self._order.keep])
                    break
                self._client.sendall(answer)
        self.end()


def _connected(upstream: tuple[str, int] | str) -> socket.socket:
    if isinstance(upstream, tuple):
        return socket.create_connection(upstream)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(upstream)
    return connection


@contextlib.contextmanager
def proxied(url: str) -> Generator[Proxy]:
    """Yield a proxy before the server of a Redis or PostgreSQL URL; its ``url`` leads through it."""
    proxy = Proxy(*_upstream(url))
    try:
        yield proxy
    finally:
        proxy.close()


def _upstream(url: str) -> tuple[tuple[str, int] | str, str]:
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    through = f"{parts.scheme}://{login}{'@' * bool(login)}{{address}}{parts.path}"
    if parts.scheme.startswith("redis"):
        return (parts.hostname or "127.0.0.1", parts.port or 6379), through
    port = parts.port or 5432
    host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
    # In the clear, so that the markers of requests are seen.
    through += "?sslmode=disable&gssencmode=disable"
    return (f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)), through
