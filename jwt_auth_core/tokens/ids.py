"""Token ids: 128 random bits each, drawn from the system in batches."""

from __future__ import annotations

import os
from typing import Final

from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.forks import renew_in_children

_BYTES: Final = 16
_BATCH: Final = 64
_drawn: Final[list[str]] = []


class _Copy:
    """What a forked child has of the ids that wait; a class because of that."""

    def after_fork(self) -> None:
        """Issue none of them: they are the parent's (F-28)."""
        forget()


_copy: Final = _Copy()


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
    renew_in_children(_copy)
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
