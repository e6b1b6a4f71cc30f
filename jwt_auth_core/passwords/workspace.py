"""Workspaces: the memory in which hashes are computed, taken again instead of given back.

So the memory of hashing is what is in use at once, threads times cost, and no heap is left with
holes of that size. Each is one anonymous mapping, which a forked child may go on using as its own.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from mmap import mmap

KIB = 1024


class Workspaces:
    """Memory blocks of one size; a class because those that are idle wait here for the next hash.

    At most ``keep`` are kept idle. The hash function overwrites what it leaves in them.
    """

    __slots__ = ("_bytes", "_idle", "_keep")

    def __init__(self, kib: int, *, keep: int) -> None:
        self._bytes = kib * KIB
        self._keep = keep
        self._idle: list[mmap] = []

    @contextmanager
    def borrow(self, kib: int) -> Generator[mmap]:
        """Yield at least that much memory to one thread, page-aligned.

        Raises:
            OSError, MemoryError: the system gives none.
        """
        if kib * KIB > self._bytes:  # of a stored hash that cost more: not worth keeping
            with mmap(-1, kib * KIB) as memory:
                yield memory
            return
        memory = self._take()
        try:
            yield memory
        finally:
            self._put_back(memory)

    def _take(self) -> mmap:
        try:
            return self._idle.pop()  # to one thread only
        except IndexError:
            return mmap(-1, self._bytes)

    def _put_back(self, memory: mmap) -> None:
        if len(self._idle) < self._keep:
            self._idle.append(memory)
        else:
            memory.close()
