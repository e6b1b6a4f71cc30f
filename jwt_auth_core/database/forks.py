"""Forks: what must not be carried over one is closed before it, and opened again after it.

For databases whose driver keeps locks in the memory of the process, as SQLite does: a child inherits
what it believes to hold, and not the locks themselves.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Final, Protocol
from weakref import WeakValueDictionary

PATIENCE_SECONDS: Final = 5.0
"""How long a fork waits for what other threads are doing."""


class Carried(Protocol):
    """What has something open that no child may inherit."""

    def rest(self, deadline: float) -> bool:
        """Close it and open nothing until `wake`; tell whether ``wake`` is to be called."""
        ...

    def wake(self) -> None:
        """Go on, in the process that was there before."""
        ...

    def disown(self) -> None:
        """Leave alone for ever, in the child, what could not be closed before."""
        ...


_all: Final[WeakValueDictionary[int, Carried]] = WeakValueDictionary()
_at_rest: Final[dict[int, list[Carried]]] = {}
"""By the thread that forks: two may do so at once."""
_watched: Final[set[str]] = set()


def watch(carried: Carried) -> None:
    """Have it rest during every fork from now on, for as long as somebody uses it."""
    _all[id(carried)] = carried
    if not _watched and hasattr(os, "register_at_fork"):
        _watched.add("forks")
        os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)


def _before() -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    _at_rest[threading.get_ident()] = [one for one in _known() if one.rest(deadline)]


def _in_parent() -> None:
    for one in _at_rest.pop(threading.get_ident(), []):
        one.wake()


def _in_child() -> None:
    _at_rest.clear()
    for one in _known():
        one.disown()


def _known() -> list[Carried]:
    known = [reference() for reference in _all.valuerefs()]
    return [one for one in known if one is not None]
