"""Report: how a process and what it needs are, as data; and the memory of the last one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Literal

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.records import dataclass

Status = Literal["pass", "warn", "fail"]
"""Serves; serves, and somebody should look; does not serve."""

FRESH_SECONDS: Final = 1.0
"""How long a report answers for the next ones: the stores are asked no more often."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one part is, and the facts about it; JSON can hold them."""

    status: Status
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Report:
    """How everything is: each part by its name."""

    checks: Mapping[str, Check]

    @property
    def status(self) -> Status:
        """The worst of all parts."""
        found = {check.status for check in self.checks.values()}
        if "fail" in found:
            return "fail"
        return "warn" if "warn" in found else "pass"

    @property
    def is_ready(self) -> bool:
        """Tell whether requests can be served."""
        return self.status != "fail"

    def as_json(self) -> dict[str, object]:
        """Return all of it as JSON has it."""
        checks = {name: {"status": one.status, **one.facts} for name, one in self.checks.items()}
        return {"status": self.status, "checks": checks}


class Recent:
    """The last report; a class because it remembers. Who comes while one is made waits for that one."""

    _lock: threading.Lock

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._made: tuple[Report, float] | None = None
        self.after_fork()
        renew_in_children(self)

    def find(self) -> Report | None:
        """Return the last report, if it is fresh; waits for nobody."""
        made = self._made
        if made is None or self._monotonic() - made[1] >= FRESH_SECONDS:
            return None
        return made[0]

    def get(self, make: Callable[[], Report]) -> Report:
        """Return the last report, or make one."""
        with self._lock:
            found = self.find()
            if found is None:
                found = make()
                self._made = found, self._monotonic()
            return found

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()
