"""A pace: what comes faster than this waits, for a moment, so that hurrying is of no use to anybody.

Whoever asks again as soon as it was refused, and so on, would keep the processor busy with refusals: that
time is missing where passwords are hashed.
"""

from __future__ import annotations

import asyncio
from typing import Final

LONGEST_SECONDS: Final = 1.0


class Pace:
    """So many at once, then so many a second; a class because everybody counts together."""

    __slots__ = ("_at_once_seconds", "_due", "_seconds_each")

    def __init__(self, *, at_once: int, per_second: int) -> None:
        self._seconds_each = 1 / per_second
        self._at_once_seconds = at_once / per_second
        self._due = 0.0

    def delay(self, now: float) -> float:
        """Count one, and return how many seconds it comes too early: at most ``LONGEST_SECONDS``."""
        due = max(self._due, now) + self._seconds_each
        early = due - now - self._at_once_seconds
        if early > LONGEST_SECONDS:
            return LONGEST_SECONDS  # not counted: so many wait already
        self._due = due
        return max(0.0, early)

    async def keep(self) -> None:
        """Return when it is time; for who comes in time, without a turn of the loop."""
        if seconds := self.delay(asyncio.get_running_loop().time()):
            await asyncio.sleep(seconds)
