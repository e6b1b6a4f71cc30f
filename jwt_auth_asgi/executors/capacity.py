"""Capacity: how many calls may wait or run at once, counted over threads and event loops.

Whoever waits does so in a fair queue, shared out by where the calls come from. When all slots are taken,
the newest of whoever has most waiting gives its slot up to somebody who has fewer; for a moment after that
no owner has all threads, so that the next one of the others finds one free.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from jwt_auth_asgi.executors.fair_queue import FairQueue
from jwt_auth_core.errors import OverloadedError

CONTESTED_SECONDS: Final = 2.0
"""How long a thread is kept free for others after somebody had to give way."""


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

    __slots__ = (
        "_contested_until",
        "_count",
        "_holding",
        "_lock",
        "_monotonic",
        "_most_running",
        "_queue",
        "_running",
        "_summoned",
    )

    def __init__(
        self, count: int, *, threads: int = 1, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._most_running = threads - 1
        self._running: dict[str, int] = {}
        self._contested_until = 0.0
        self._monotonic = monotonic
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
                self._contested_until = self._monotonic() + CONTESTED_SECONDS
                self._holding.remove(displaced)
            self._holding.add(call)
            self._queue.put(call.owner, call)
            is_short = len(self._queue) > self._summoned
            self._summoned += is_short
            return displaced, is_short

    def take(self) -> C | None:
        """Return the call whose turn it is, for a thread that was called.

        None when it was withdrawn, or the thread is kept free: then `end` says that one is short.
        """
        with self._lock:
            self._summoned -= 1
            call = self._queue.take(skipping=self._kept_back())
            if call is not None:
                self._running[call.owner] = self._running.get(call.owner, 0) + 1
            return call

    def _kept_back(self) -> str | None:
        """Return the owner that has all threads but one, where somebody had to give way a moment ago."""
        # No two have: there is a free thread, the one that asks.
        if not self._most_running or self._monotonic() >= self._contested_until:
            return None
        return next((owner for owner, count in self._running.items() if count >= self._most_running), None)

    def settle(self) -> int:
        """Keep no thread free any more; return how many are to be called for those who wait."""
        with self._lock:
            self._contested_until = 0.0
            return self._shortage()

    def end(self, call: C) -> int:
        """Note that a call's thread is done, and free its slot; return how many threads are to be called."""
        with self._lock:
            self._free(call)
            others = self._running.pop(call.owner) - 1
            if others:
                self._running[call.owner] = others
            return self._shortage()

    def _shortage(self) -> int:
        missing = max(0, len(self._queue) - self._summoned)
        self._summoned += missing
        return missing

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
            self._free(call)

    def _free(self, call: C) -> None:
        self._queue.remove(call.owner, call)
        self._holding.discard(call)
