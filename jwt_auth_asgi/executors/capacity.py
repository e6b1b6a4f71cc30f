"""Capacity: how many calls may wait or run at once, counted over threads and event loops.

Whoever waits does so in a fair queue, shared out by where the calls come from. When all slots are taken,
the newest of whoever has most waiting gives its slot up to somebody who has fewer.
"""

from __future__ import annotations

import threading
from typing import Generic, Protocol, TypeVar

from jwt_auth_asgi.executors.fair_queue import FairQueue
from jwt_auth_core.errors import OverloadedError


class Call(Protocol):
    """What waits for a thread; hashed by identity."""

    @property
    def owner(self) -> str:
        """Whose it is: calls of one owner share one turn."""
        ...


C = TypeVar("C", bound=Call)


class Capacity(Generic[C]):
    """As many slots as there is room for; a class because everybody counts together.

    A call holds its slot from `admit` to `withdraw` or `release`: while it waits, and while it runs for
    somebody who still waits for it.
    """

    __slots__ = ("_count", "_holding", "_lock", "_queue", "_summoned")

    def __init__(self, count: int) -> None:
        self._count = count
        self._holding: set[C] = set()
        self._queue: FairQueue[C] = FairQueue(round_length=count)
        self._summoned = 0  # threads that were called for and have not come yet
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Tell whether no slot is left."""
        return len(self._holding) >= self._count

    def check(self, owner: str) -> None:
        """Raise OverloadedError when `admit` would, now."""
        if self.is_full and not self._queue.is_outdone(owner):
            raise OverloadedError

    def admit(self, call: C) -> tuple[C | None, bool]:
        """Let a call wait; return the one that had to give way, and whether a thread is to be called.

        Raises:
            OverloadedError: no slot is left, and nobody has more than the call's owner.
        """
        with self._lock:
            self.check(call.owner)
            displaced = None
            if self.is_full:
                displaced = self._queue.take_from_largest()
                self._holding.remove(displaced)
            self._holding.add(call)
            self._queue.put(call.owner, call)
            is_short = len(self._queue) > self._summoned
            self._summoned += is_short
            return displaced, is_short

    def take(self) -> C | None:
        """Return the call whose turn it is, for a thread that was called; None when it was withdrawn."""
        with self._lock:
            self._summoned -= 1
            return self._queue.take()

    def withdraw(self, call: C) -> bool:
        """Take a call out that still waits, and free its slot; tell whether it did."""
        with self._lock:
            is_waiting = self._queue.remove(call.owner, call)
            if is_waiting:
                self._holding.remove(call)
            return is_waiting

    def release(self, call: C) -> None:
        """Free a call's slot, unless that was done before; it waits no longer."""
        with self._lock:
            self._queue.remove(call.owner, call)
            self._holding.discard(call)
