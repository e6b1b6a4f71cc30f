"""The answers to many connections at once, as they come."""

from __future__ import annotations

import selectors
import socket

from tests.end_to_end import raw
from tests.end_to_end.serving import PATIENCE_SECONDS


def answered(connections: list[socket.socket], count: int) -> list[bytes]:
    """Wait until so many of the connections have been answered; return the answers, and forget those."""
    found: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        while len(found) < count:
            ready = selector.select(PATIENCE_SECONDS)
            assert ready
            for key, _ in ready:
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                selector.unregister(connection)
                connections.remove(connection)
                found.append(raw.heard(connection))
    return found
