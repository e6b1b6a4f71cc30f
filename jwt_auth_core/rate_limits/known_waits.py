"""Known waits: who was refused is refused again from memory while the wait that the store told lasts.

The store is asked once more each second, by one caller: what was given back or reset in another process is
heard of by then. What this process gives back or resets itself is forgotten at once.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.rate_limits.bucket import Asked, asked
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict
from jwt_auth_core.rate_limits.store import RateLimitStore
from jwt_auth_core.records import dataclass

ASK_AGAIN_SECONDS: Final = 1.0
MOST: Final = 4_096
"""So many waits are remembered, the newest."""
_SHARES: Final = 64


@dataclass(slots=True)
class _Wait:
    """A refusal: of how much, until when it is true for sure, and from when on the store is asked again."""

    verdict: Verdict
    cost: int
    until: float
    ask_at: float


class KnownWaits:
    """A `RateLimitStore` on one that takes a trip; a class because it remembers.

    Where a wait is known the answer has the verdicts of those waits alone. Whoever names the time himself
    is answered by the store.
    """

    def __init__(
        self, store: RateLimitStore, *, most: int = MOST, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._most = most
        self._monotonic = monotonic
        self.after_fork()
        renew_in_children(self)

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`."""
        if now is not None:
            return self._store.take(takes, now=now)
        # Of before the question: the store's answer is later, and so is the end of what it says.
        asked_at = self._monotonic()
        if self._waits and (known := self._known(asked(takes), asked_at)):
            return known
        changes = self._changes.copy()
        verdicts = self._store.take(takes)
        if self._waits or not all(verdict.allowed for verdict in verdicts):
            self._note(asked(takes), verdicts, asked_at, changes)
        return verdicts

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        self._store.give_back(taken, now=now)
        self._forget(one.bucket for one in taken)

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        self._store.forget(takes)
        self._forget(one.bucket for one in asked(takes))

    def close(self) -> None:
        """See `RateLimitStore.close`."""
        self._store.close()

    def after_fork(self) -> None:
        """Begin anew in a child: another thread of the parent may hold the lock."""
        self._lock = threading.Lock()
        self._waits: OrderedDict[str, _Wait] = OrderedDict()
        # How often something was given back: what was judged before that is not remembered after it.
        self._changes = [0] * _SHARES

    def _known(self, asking: Iterable[Asked], now: float) -> list[Verdict]:
        found = [(one, self._waits.get(one.bucket)) for one in asking]
        waits = [(one, wait) for one, wait in found if wait is not None and 0 < wait.cost <= one.cost]
        if not waits or not all(self._is_known(wait, now) for _, wait in waits):
            return []
        return [_told(wait, now) for _, wait in waits]

    def _is_known(self, wait: _Wait, now: float) -> bool:
        """Tell whether a wait is still true; else the caller goes to the store, and no other for a second."""
        if now < wait.ask_at and now < wait.until:
            return True
        with self._lock:
            asks = now >= wait.until or now >= wait.ask_at
            wait.ask_at = now + ASK_AGAIN_SECONDS if asks else wait.ask_at
        return not asks

    def _note(
        self, asking: Iterable[Asked], verdicts: Iterable[Verdict], at: float, changes: Sequence[int]
    ) -> None:
        with self._lock:
            for one, verdict in zip(asking, verdicts, strict=True):
                place = hash(one.bucket) % _SHARES
                self._waits.pop(one.bucket, None)
                if not verdict.allowed and one.cost and self._changes[place] == changes[place]:
                    until = at + verdict.wait_microseconds / MICROSECONDS
                    self._waits[one.bucket] = _Wait(verdict, one.cost, until, at + ASK_AGAIN_SECONDS)
            while len(self._waits) > self._most:
                self._waits.popitem(last=False)

    def _forget(self, buckets: Iterable[str]) -> None:
        with self._lock:
            for bucket in buckets:
                self._changes[hash(bucket) % _SHARES] += 1
                self._waits.pop(bucket, None)


def _told(wait: _Wait, now: float) -> Verdict:
    """Return what the store would say now, but for what it rounds."""
    left, verdict = wait.until - now, wait.verdict
    passed = wait.verdict.wait_microseconds / MICROSECONDS - left
    reset = None if verdict.reset_after is None else max(1, verdict.reset_after - int(passed))
    return replace(verdict, retry_after=max(1, math.ceil(left)), reset_after=reset)
