"""Workspaces: the memory in which hashes are computed, taken again instead of given back.

So the memory of hashing is what is in use at once, threads times cost, and no heap is left with
holes of that size. Each is one private mapping: `mmap` alone would make a shared one, in which a process
and its forked children would compute together, and store hashes that no password opens.
"""

from __future__ import annotations

import mmap as system
from collections.abc import Generator
from contextlib import contextmanager, suppress
from mmap import mmap
from typing import Final

from jwt_auth_core.forks import renew_in_children

KIB: Final = 1024
# Windows knows neither flags nor forks.
_PRIVATE: Final = {"flags": system.MAP_PRIVATE} if hasattr(system, "MAP_PRIVATE") else {}


class Workspaces:
    """Memory blocks of one size; a class because those that are idle wait here for the next hash.

    At most ``keep`` are kept idle, until `close`. The hash function overwrites what it leaves in them. A
    forked child begins with none.
    """

    __slots__ = ("__weakref__", "_bytes", "_idle", "_keep")

    def __init__(self, kib: int, *, keep: int) -> None:
        self._bytes = kib * KIB
        self._keep = keep
        self._idle: list[mmap] = []
        renew_in_children(self)

    @contextmanager
    def borrow(self, kib: int) -> Generator[mmap]:
        """Yield at least that much memory to one thread, page-aligned.

        Raises:
            OSError, MemoryError: the system gives none.
        """
        if kib * KIB > self._bytes:  # of a stored hash that cost more: not worth keeping
            with _mapping(kib * KIB) as memory:
                yield memory
            return
        idle = self._idle
        memory = self._taken(idle)
        try:
            yield memory
        finally:
            self._put_back(memory, idle)

    @property
    def idle(self) -> tuple[mmap, ...]:
        """What waits for the next hash."""
        return tuple(self._idle)

    def close(self) -> None:
        """Give the memory back: what is idle now, what is lent when its hash ends. Later ones take new."""
        idle, self._idle = self._idle, []
        with suppress(IndexError):
            while True:
                idle.pop().close()  # in nobody else's hands once it is popped

    def _taken(self, idle: list[mmap]) -> mmap:
        try:
            return idle.pop()  # to one thread only
        except IndexError:
            return _mapping(self._bytes)

    def _put_back(self, memory: mmap, idle: list[mmap]) -> None:
        # Of another list than today's: closed meanwhile. Who is closed just now appends to a list
        # that nobody else knows, and both end with this call.
        if idle is self._idle and len(idle) < self._keep:
            idle.append(memory)
        else:
            memory.close()

    def after_fork(self) -> None:
        """Let go of the parent's: a copy of it is dearer than a new one."""
        self._idle.clear()


def _mapping(size: int) -> mmap:
    return mmap(-1, size, **_PRIVATE)
