"""Capacity: how many calls may wait or run at once, counted over threads and event loops."""

from __future__ import annotations

import threading

from jwt_auth_core.errors import OverloadedError


class Capacity:
    """As many slots as there is room for; a class because everybody counts together."""

    __slots__ = ("_count", "_lock", "_used")

    def __init__(self, count: int) -> None:
        self._count = count
        self._used = 0
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Tell whether no slot is left."""
        return self._used >= self._count

    def acquire(self) -> Slot:
        """Return a slot of one's own.

        Raises:
            OverloadedError: none is left.
        """
        with self._lock:
            if self.is_full:
                raise OverloadedError
            self._used += 1
        return Slot(self)

    def release(self, slot: Slot) -> None:
        """Count a slot as free, unless it was released before."""
        with self._lock:
            self._used -= slot.is_used
            slot.is_used = False


class Slot:
    """One slot, released once by whoever is first: its waiter, or the thread that has served it."""

    __slots__ = ("_capacity", "is_used")

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self.is_used = True

    def release(self) -> None:
        """Let somebody else have it; harmless when it was released before."""
        self._capacity.release(self)
