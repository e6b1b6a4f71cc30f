"""Token ids: 128 random bits each, drawn from the system in batches."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from jwt_auth_core.errors import UnavailableError

_BYTES: Final = 16
_BATCH: Final = 64
_drawn: Final[list[str]] = []


def random_id() -> str:
    """Return 128 random bits in hexadecimal, never the same again.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    try:
        # One system call for 64 ids: alone it takes a tenth of the time of issuing a token. Nobody
        # may rely on an id being secret, so it may wait here; `pop` gives each to one thread only.
        return _drawn.pop()
    except IndexError:
        return _draw()


def _draw() -> str:
    _forget_in_children()
    try:
        drawn = os.urandom(_BYTES * _BATCH)
    except OSError as error:
        raise UnavailableError("the system gives no random bytes") from error
    first, *others = drawn.hex(" ", _BYTES).split()
    _drawn.extend(others)
    return first


def forget() -> None:
    """Drop the ids that wait, so that the next one is drawn from the system."""
    _drawn.clear()


@cache
def _forget_in_children() -> None:
    # A forked child has a copy of the list, and would issue the parent's ids a second time (F-28).
    if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
        os.register_at_fork(after_in_child=forget)
