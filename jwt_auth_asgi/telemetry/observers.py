"""Observers: who counts and traces, found where the process has loaded their library; none is loaded by us.

Whoever exports anything has imported the library for it, at start-up or later. So what nobody loads costs a
look at how many modules there are, and no time to start. A library that is loaded and exports nothing, as
OpenTelemetry's API, which redis-py loads, is looked at once a second.
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
"""The import name of a library, and the file of ours that speaks to it; each has a function `observer`, which
returns None while nobody would hear of what it is told."""

PAUSE_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 1.0

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

    def event(self, name: str, outcome: str, user_id: str | None, times: int) -> None:
        """Hear of an event, in the thread where it happened; the user is for traces alone.

        ``times`` is more than one for refreshes alone, which succeed in batches.
        """
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
        self._modules = 0
        self._look_at = -LOOK_SECONDS
        self._warned = -PAUSE_SECONDS
        self.after_fork()
        renew_in_children(self)

    def __call__(self) -> tuple[Observer, ...]:
        """Return them; cheap, for it is asked at each operation."""
        if len(sys.modules) != self._modules or self._monotonic() >= self._look_at:
            self._look()
        return self._found

    def event(self, name: str, outcome: str, user_id: str | None = None, *, times: int = 1) -> None:
        """Tell all of an event that happened so many times."""
        for one in self():
            try:
                one.event(name, outcome, user_id, times)
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

    def _look(self) -> None:
        with self._lock:
            self._found = (*self._found, *self._new())
            self._modules = len(sys.modules)
            self._look_at = self._monotonic() + LOOK_SECONDS

    def _new(self) -> list[Observer]:
        """Return those whose time has come; a driver that fails is not asked again."""
        there = [pair for pair in self._awaited if pair[0] in sys.modules]
        made: list[Observer] = []
        for pair in there:
            try:
                one: Observer | None = import_module(pair[1]).observer()
            except Exception as error:  # noqa: BLE001 - a part of it is missing, or it is too old
                self.failed(error)
            else:
                if one is None:
                    continue
                made.append(one)
            self._awaited = tuple(other for other in self._awaited if other != pair)
        return made


OBSERVERS: Final = Observers()
"""The process's own, as the libraries' registries are."""
