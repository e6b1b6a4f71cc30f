"""What a readiness probe is told: asked in a thread of its own, and within the time that a probe waits."""

from __future__ import annotations

import asyncio
from typing import Final

from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.features.start_up import StartUp
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.flows.health.report import Check, Report

PROBE_SECONDS: Final = 0.8
"""How long a readiness probe waits for the stores; who sends one waits a second, as a rule."""
PROBE_QUEUE: Final = 63
_LATE: Final = Check("fail", {"detail": f"do not answer within {PROBE_SECONDS} seconds"})


class Probe:
    """Asks the stores how they are; a class because it has a thread, in no queue with the requests."""

    def __init__(self, auth: Auth, start_up: StartUp) -> None:
        self._ready = auth.health.ready
        self._start_up = start_up
        self._pool = Pool("health", threads=1, waiting=PROBE_QUEUE)

    async def readiness(self) -> Report:
        """Return how everything is, as of a second ago at most, and what the start would refuse."""
        return Report({**self._start_up.checks(), **(await self._found()).checks})

    def close(self) -> None:
        """End the thread; later work starts a new one."""
        self._pool.close()

    async def _found(self) -> Report:
        found = self._ready.recent.find()
        if found is not None:
            return found
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await self._pool.submit(self._ready)
        except (TimeoutError, OverloadedError):
            return Report({"stores": _LATE, **self._ready.known()})
