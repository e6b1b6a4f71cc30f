"""Circuit: open while a server keeps silent, so that its silence costs one time-out, not one a caller (F-04).

Knows no driver. Whoever hears nothing in time opens it; then everybody is refused at once, and a thread
asks the server, again and again, until it answers. No caller is the one who finds out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.forks import renew_in_children

ASK_AGAIN_SECONDS: Final = 0.25
"""How soon a server that kept silent is asked again; each time it may take the time-out besides."""

SILENT: Final = "keeps silent, and is asked until it answers"

_LOGGER: Final = logging.getLogger("jwt_auth.circuit")


class Circuit:
    """Made once a server and shared by threads.

    Args:
        name: the server's, for the log.
        reach: asks the server, and tells whether it keeps silent no more: a refusal is an answer.
    """

    _asking: Repeating

    def __init__(
        self, name: str, reach: Callable[[], bool], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._reach = reach
        self._monotonic = monotonic
        self._opened_at: float | None = None
        self._lock = threading.Lock()
        self._renew()
        renew_in_children(self)

    @property
    def is_open(self) -> bool:
        """Tell whether the server is to be left alone."""
        return self._opened_at is not None

    def trip(self) -> None:
        """Open it, unless the system gives no thread that could find out when to close it."""
        with self._lock:
            if self._opened_at is not None or not self._asking.start():
                return
            self._opened_at = self._monotonic()
        _LOGGER.error("%s keeps silent: whoever needs it is refused at once until it answers", self._name)

    def after_fork(self) -> None:
        """Begin closed in a child, which has no thread that asks."""
        self._lock = threading.Lock()
        self._opened_at = None
        self._asking.after_fork()

    def _renew(self) -> None:
        self._asking = Repeating(self._ask, seconds=ASK_AGAIN_SECONDS, name="jwt-auth-circuit")

    def _ask(self) -> None:
        if not self._reach():
            return
        with self._lock:
            opened_at, self._opened_at = self._opened_at, None
            self._asking.close()  # this thread, which has nothing more to ask
            self._renew()
        seconds = 0 if opened_at is None else self._monotonic() - opened_at
        _LOGGER.warning("%s answers again, after %.1f seconds", self._name, seconds)
