"""A proxy that stops a request at a given point until the test says that it never arrives."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from tests.end_to_end.serving import PATIENCE_SECONDS
from tests.faults.proxy import Cut, Proxy, _Order, _upstream


class SyncPoint(Proxy):
    """Holds the next request with ``marker`` in it; `lose` and `let_go` decide what becomes of it."""

    marker: bytes | None = None

    def hold_at(self, marker: bytes) -> None:
        """Hold the next request that contains these octets."""
        self._reached, self._decided = threading.Event(), threading.Event()
        self._verdict: _Order | None = None
        self.marker = marker

    def await_request(self) -> None:
        """Wait until it is there."""
        assert self._reached.wait(PATIENCE_SECONDS)

    def lose(self) -> None:
        """Cut its connection; the request is never sent."""
        self._verdict = _Order(Cut.BEFORE, b"", 0)
        self._decided.set()

    def let_go(self) -> None:
        """Send it."""
        self._decided.set()

    def order_for(self, request: bytes) -> _Order | None:
        """Hold the request that is waited for; pass on all others."""
        if self.marker is None or self.marker not in request:
            return super().order_for(request)
        self.marker = None
        self._reached.set()
        self._decided.wait(PATIENCE_SECONDS)
        return self._verdict


@contextmanager
def sync_point(url: str) -> Generator[SyncPoint]:
    """Yield such a proxy before a Redis-protocol server or PostgreSQL."""
    proxy = SyncPoint(*_upstream(url))
    try:
        yield proxy
    finally:
        if proxy.marker is None and hasattr(proxy, "_decided"):
            proxy.let_go()
        proxy.close()
