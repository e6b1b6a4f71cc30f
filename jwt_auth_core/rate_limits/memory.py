"""Limits in this process's memory: for one process, and for as long as the store of all is down."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.rate_limits.bucket import asked, settle
from jwt_auth_core.rate_limits.gcra import UNTOUCHED, State, give_back
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict

MOST_BUCKETS: Final = 100_000
SWEEP_STEPS: Final = 4
"""How many buckets each new one looks at, in turn, to drop those that are full again."""
SAMPLE: Final = 8
"""Of how many the one that is full soonest has to go, where there is no room for a new one."""


class MemoryLimits:
    """A `RateLimitStore` of at most ``most`` buckets, whose time is a clock that nobody sets.

    Where they are all in use, those that are full soonest go first: a flood of new keys does not wash
    away the few that are used up for long.
    """

    def __init__(self, *, most: int = MOST_BUCKETS) -> None:
        self._most = most
        self._states: OrderedDict[str, State] = OrderedDict()
        self.after_fork()
        renew_in_children(self)

    def stats(self) -> tuple[str, ...]:
        """Return the buckets that are counted, those that were used longest ago first."""
        with self._lock:
            return tuple(self._states)

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`."""
        asking = asked(takes)
        with self._lock:
            at = _monotonic() if now is None else now
            settled = settle(asking, [self._states.get(one.bucket, UNTOUCHED) for one in asking], at)
            for bucket, state in settled.kept.items():
                self._keep(bucket, state, at)
        return settled.verdicts

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        with self._lock:
            at = _monotonic() if now is None else now
            for one in taken:
                current = self._states.get(one.bucket)
                if current is not None:
                    self._states[one.bucket] = give_back(
                        current, before=one.before, after=one.after, amount=one.amount, now=at
                    )

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        with self._lock:
            for one in asked(takes):
                self._states.pop(one.bucket, None)

    def close(self) -> None:
        """See `RateLimitStore.close`; memory has nothing to end."""

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _keep(self, bucket: str, state: State, now: int) -> None:
        if bucket not in self._states:
            self._sweep(now)
            if len(self._states) >= self._most:
                self._make_room()
        self._states[bucket] = state

    def _sweep(self, now: int) -> None:
        for _ in range(min(SWEEP_STEPS, len(self._states))):
            bucket, state = self._states.popitem(last=False)
            if now < state.over_at():
                self._states[bucket] = state  # back in the queue, at its end

    def _make_room(self) -> None:
        sample = [self._states.popitem(last=False) for _ in range(min(SAMPLE, len(self._states)))]
        sample.sort(key=lambda one: one[1].over_at())
        self._states.update(sample[1:])


def _monotonic() -> int:
    return time.monotonic_ns() // 1000
