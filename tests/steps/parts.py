"""What tests of work in steps share."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from jwt_auth_core.steps import Blocking

Ends = tuple[socket.socket, socket.socket]


@contextmanager
def ends() -> Iterator[Ends]:
    """Yield the two ends of one socket."""
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def lost() -> NoReturn:
    """Stand for a call whose store is gone."""
    raise ConnectionError("down")


def careful(call: Callable[[], Any]) -> Generator[Any, Any, Any]:
    """Make a call; where it loses its connection, go another way."""
    try:
        return (yield Blocking(call))
    except ConnectionError:
        return (yield Blocking(lambda: "another way"))


def waiting(*steps: Any) -> Generator[Any, Any, list[Any]]:
    """Take each step in turn; return what came back."""
    found: list[Any] = []
    for step in steps:
        found += [(yield step)]
    return found
