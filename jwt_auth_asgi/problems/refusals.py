"""Refusals that are still true: whom a limit by address has just refused is refused once more unasked.

For a second at most, and never longer than the limit said, so that no store, no thread and no body is needed
for a herd that does not wait. What is refused by account is not remembered: another account may go.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final

from jwt_auth_core.rate_limits import RateLimitedError

LONGEST_SECONDS: Final = 1.0
MOST: Final = 1024
"""So many keys are remembered, the newest."""


class Refusals:
    """Remembers refusals by rule and key; a class because it does."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[str, str], tuple[float, RateLimitedError]] = OrderedDict()

    def __bool__(self) -> bool:
        """Tell whether anybody may be refused again."""
        return bool(self._known)

    def note(self, key: str, error: RateLimitedError, *, rules: Collection[str]) -> None:
        """Remember that a key was refused, where one of the *rules* did it; they count what the key is."""
        # Whole seconds are rounded up: a second earlier it may not go for sure.
        seconds = min(LONGEST_SECONDS, error.retry_after - 1)
        if seconds <= 0:
            return
        for verdict in error.verdicts:
            if not verdict.allowed and verdict.rule.name in rules:
                self._known[verdict.rule.name, key] = self._monotonic() + seconds, error
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def check(self, key: str, *, rules: Collection[str]) -> None:
        """Refuse a key again.

        Raises:
            RateLimitedError: as one of the rules said of it less than a second ago.
        """
        now = self._monotonic()
        for rule in rules:
            until, error = self._known.get((rule, key), (now, None))
            if error is None:
                continue
            if now < until:
                raise RateLimitedError(
                    error.verdicts, error.refused
                )  # a new one: an error keeps the way it took
            self._known.pop((rule, key), None)
