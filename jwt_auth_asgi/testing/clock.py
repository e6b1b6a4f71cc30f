"""AuthClock: the time by which a test has its tokens and sessions judged."""

from __future__ import annotations

import time


class AuthClock:
    """Tells the time: that of its making, until a test shifts it. A class because it is shifted.

    It begins with the real time, so that a served process, which has its own clock, takes the same tokens.
    """

    def __init__(self, now: int | None = None) -> None:
        self._now = int(time.time()) if now is None else now

    def __call__(self) -> int:
        """Return the time in whole seconds since the epoch."""
        return self._now

    def shift(self, *, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        """Move the time, into the past as well."""
        self._now += seconds + 60 * (minutes + 60 * (hours + 24 * days))

    def __repr__(self) -> str:
        return f"AuthClock({self._now})"
