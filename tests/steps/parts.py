"""What tests of work in steps share."""

from __future__ import annotations

import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

Ends = tuple[socket.socket, socket.socket]


@contextmanager
def ends() -> Iterator[Ends]:
    """Yield the two ends of one socket."""
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def waiting(*steps: Any) -> Generator[Any, Any, list[Any]]:
    """Take each step in turn; return what came back."""
    found: list[Any] = []
    for step in steps:
        found += [(yield step)]
    return found
