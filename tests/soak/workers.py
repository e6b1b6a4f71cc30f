"""Two worker processes on the same stores: the elder lives all along, the younger may be killed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil

from tests.end_to_end.serving import Worker, until, worker

SERVE = ("uvicorn", "examples.postgres_redis:app", "--port", "0", "--no-access-log")
PATIENCE_SECONDS = 600.0  # it may run as the least of all that a machine does, for hours


class Workers:
    """The processes, and where they are; ``deaths`` counts kills, ``last_death`` is when the last one was."""

    def __init__(self, stack: ExitStack, folder: Path, variables: Mapping[str, str]) -> None:
        self._stack, self._folder, self._variables = stack, folder, variables
        self.deaths, self.last_death = 0, 0.0
        self._lock = threading.Lock()
        self.elder, self.younger = self._started(), self._started()
        named = {"elder": self.elder, "younger": self.younger}
        self.origins = {name: one.origin(within_seconds=PATIENCE_SECONDS) for name, one in named.items()}

    def any_origin(self, dice: random.Random) -> str:
        """Return where the next request goes; while the younger is away a proxy knows it."""
        with self._lock:
            return dice.choice(list(self.origins.values()))

    def kill(self) -> None:
        """End the younger at once; its requests under way are cut."""
        with self._lock:
            del self.origins["younger"]
        self.deaths += 1
        self.last_death = time.monotonic()
        self.younger.kill()

    def revive(self) -> None:
        """Start another one in its place."""
        self.younger = self._started()
        origin = self.younger.origin(within_seconds=PATIENCE_SECONDS)
        live = f"{origin}/auth/health/live"
        until(
            lambda: httpx.get(live, trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200,
            within_seconds=PATIENCE_SECONDS,
        )
        with self._lock:
            self.origins["younger"] = origin

    def ready(self) -> bool:
        """Tell whether all of them say that they can serve."""
        places = [f"{origin}/auth/health/ready" for origin in self.origins.values()]
        return all(
            httpx.get(place, trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200 for place in places
        )

    def process(self) -> psutil.Process:
        """Return the process of the elder."""
        return psutil.Process(self.elder.process.pid)

    def _started(self) -> Worker:
        made = worker(*SERVE, directory=self._folder, env=self._variables)
        return self._stack.enter_context(made)
