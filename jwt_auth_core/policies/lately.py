"""Which refusals were written down lately: one a minute of each policy and caller is enough."""

from __future__ import annotations

from typing import Final

WINDOW_SECONDS: Final = 60
MOST: Final = 10_000

Key = tuple[str, str | None, str]
"""A policy, whose subject it is, and the subject."""


class Lately:
    """Which refusals were written down within a minute; a class because it remembers them.

    Bounded: when too many are known, they are forgotten, and each may be written down once more.
    """

    def __init__(self) -> None:
        self._noted: dict[Key, int] = {}

    def is_news(self, key: Key, *, now: int) -> bool:
        """Tell whether this was not noted within the last minute; from now on it was."""
        at = self._noted.get(key)
        if at is not None and at <= now < at + WINDOW_SECONDS:
            return False
        if len(self._noted) >= MOST:
            self._noted.clear()
        self._noted[key] = now
        return True
