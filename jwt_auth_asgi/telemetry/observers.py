"""Observers: who counts and traces, found where the process has loaded their library; none is loaded by us.

Whoever exports anything has imported the library for it, at start-up or later. So what nobody loads costs a
look into a dictionary, and no time to start; redis-py loads OpenTelemetry's API, though, where it finds that.
What observers hear holds no secret, address or e-mail (LOG-1).
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, Protocol

from jwt_auth_core.forks import renew_in_children

DRIVERS: Final = {
    "opentelemetry": "jwt_auth_asgi.telemetry.opentelemetry",
    "prometheus_client": "jwt_auth_asgi.telemetry.prometheus",
}
"""The import name of a library, and the file of ours that speaks to it; each has a function `observer`."""

PAUSE_SECONDS: Final = 60.0

_LOGGER: Final = logging.getLogger("jwt_auth.telemetry")


def outcome_of(error_type: str | None) -> str:
    """Return the word that events have for an end."""
    return "success" if error_type is None else "failure"


class Observer(Protocol):
    """Counts, and traces where it can; every text that it is given is one of a few."""

    def begin(self, operation: str) -> Any:
        """Hear that an operation begins; what is returned is handed in at its end, in the same context."""
        ...

    def end(
        self, begun: Any, operation: str, *, seconds: float, status: int | None, error_type: str | None
    ) -> None:
        """Hear how an operation ended.

        ``status`` is that of HTTP, None where there is none; ``error_type`` the code of the error or the name
        of the exception, None where all went well.
        """
        ...

    def event(self, name: str, outcome: str, user_id: str | None) -> None:
        """Hear of an event, in the thread where it happened; the user is for traces alone."""
        ...

    def refusal(self, error_type: str) -> None:
        """Hear that somebody is refused, wherever that is."""
        ...


class Observers:
    """Those that there are; a class because each is made once, when its library is there.

    One that fails is no reason to fail: the log hears of it once a minute.
    """

    _lock: threading.Lock

    def __init__(
        self,
        drivers: Mapping[str, str] = DRIVERS,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._awaited = tuple(drivers.items())
        self._found: tuple[Observer, ...] = ()
        self._monotonic = monotonic
        self._warned = -PAUSE_SECONDS
        self.after_fork()
        renew_in_children(self)

    def __call__(self) -> tuple[Observer, ...]:
        """Return them; cheap, for it is asked at each operation."""
        for library, _ in self._awaited:
            if library in sys.modules:
                self._find()
                break
        return self._found

    def event(self, name: str, outcome: str, user_id: str | None = None) -> None:
        """Tell all of an event."""
        for one in self():
            try:
                one.event(name, outcome, user_id)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody is refused for it
                self.failed(error)

    def refusal(self, error_type: str) -> None:
        """Tell all that somebody is refused."""
        for one in self():
            try:
                one.refusal(error_type)
            except Exception as error:  # noqa: BLE001 - the same
                self.failed(error)

    def failed(self, error: Exception) -> None:
        """Log that an observer failed; a race of two threads costs one line."""
        now = self._monotonic()
        if now - self._warned >= PAUSE_SECONDS:
            self._warned = now
            _LOGGER.warning("telemetry failed, and nothing else did", exc_info=error)

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _find(self) -> None:
        with self._lock:
            there = [pair for pair in self._awaited if pair[0] in sys.modules]
            made = [one for _, file in there if (one := self._made(file)) is not None]
            self._found = (*self._found, *made)
            self._awaited = tuple(pair for pair in self._awaited if pair not in there)

    def _made(self, file: str) -> Observer | None:
        try:
            made: Observer = import_module(file).observer()
        except Exception as error:  # noqa: BLE001 - a part of it is missing, or it is too old
            self.failed(error)
            return None
        return made


OBSERVERS: Final = Observers()
"""The process's own, as the libraries' registries are."""
