"""A bar of progress on a terminal: how much of a file is read, and how many users that were."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

WIDTH: Final = 30
PAUSE_SECONDS: Final = 0.1


class Progress:
    """Draws one line over and over, on a terminal alone; a class because it knows when it drew last."""

    def __init__(
        self, stream: TextIO, *, total: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._total = max(total, 1)
        self._monotonic = monotonic
        self._began = monotonic()
        self._drawn = float("-inf")
        self._is_seen = stream.isatty()

    def show(self, done: int, users: int) -> None:
        """Draw it, unless it was drawn a moment ago: *done* of the total, and the number of users."""
        now = self._monotonic()
        if not self._is_seen or now < self._drawn + PAUSE_SECONDS:
            return
        self._drawn = now
        share = min(done / self._total, 1.0)
        bar = "#" * int(share * WIDTH)
        speed = int(users / max(now - self._began, PAUSE_SECONDS))
        self._write(f"\r[{bar:<{WIDTH}}] {share:4.0%}  {users:,} users, {speed:,} a second \x1b[K")

    def clear(self) -> None:
        """Take the line away, so that another can be written in its place."""
        if self._is_seen:
            self._drawn = float("-inf")
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
