"""Turns: how many hashes are computed at once; who comes later waits for one to end.

So threads may be more than hashes: while one waits for a store, another hashes, and the memory stays that of
the hashes.
"""

from __future__ import annotations

import os
import threading

from jwt_auth_core.forks import renew_in_children


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - macOS and Windows


class Turns:
    """At most ``most`` threads hold one, each by ``with``; a class because those that wait share it."""

    __slots__ = ("__weakref__", "_free", "most")

    _free: threading.Semaphore

    def __init__(self, most: int) -> None:
        self.most = most
        self.after_fork()
        renew_in_children(self)

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(self, *_raised: object) -> None:
        self._free.release()

    def after_fork(self) -> None:
        """Begin anew in a child: who held one is a thread of the parent."""
        self._free = threading.Semaphore(self.most)
