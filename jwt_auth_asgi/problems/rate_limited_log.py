"""A rate-limited log of faults: at once, but not once a request, so that a herd does not drown the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from jwt_auth_core.errors import AuthError

PAUSE_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("jwt_auth")


class RateLimitedLog:
    """Writes each kind of fault at most once in ``PAUSE_SECONDS``, with how many were left out.

    A class because it remembers when it spoke last; a race of two threads costs one line.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._spoke: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def note(self, error: AuthError) -> None:
        """Log an error that is an operator's to mend; its message holds no input (LOG-1)."""
        now, code = self._monotonic(), error.code
        if now - self._spoke.get(code, -PAUSE_SECONDS) < PAUSE_SECONDS:
            self._silent[code] = self._silent.get(code, 0) + 1
            return
        self._spoke[code] = now
        silent = self._silent.pop(code, 0)
        more = f", and {silent} more since the last line" if silent else ""
        _LOGGER.error("request failed: %s%s", error, more)
