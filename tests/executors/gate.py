"""Work that waits for a test's word, so that tests of threads need no sleeps."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

from jwt_auth_core.errors import RefreshInvalidError

LONG = 60.0


class Gate:
    """Work that begins when it is told to, so that a test decides what waits."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.open = threading.Event()
        self.seen: list[object] = []

    def pass_through(self, what="done"):
        self.begun.release()
        assert self.open.wait(LONG)
        self.seen.append(what)
        return what


@dataclass(eq=False)
class Waiting:
    """A call of somebody's that waits."""

    owner: str


class Exchange:
    """A batch call that notes its batches and can be held back."""

    def __init__(self):
        self.batches: list[list[object]] = []
        self.gate = Gate()

    def __call__(self, items):
        self.gate.pass_through()
        self.batches.append(list(items))
        return [RefreshInvalidError() if item == "bad" else f"new {item}" for item in items]


async def has_begun(gate):
    """Wait until the gate's work runs in its thread."""
    assert await asyncio.to_thread(gate.begun.acquire, timeout=LONG)


def soon(work):
    """Begin to wait for the work, so far that it is in the queue."""
    return asyncio.ensure_future(work)


class LoopClock:
    """The clock of the running loop, which a test moves on: what is to come in ten seconds comes at once."""

    def __init__(self):
        loop = asyncio.get_running_loop()
        own, self.ahead = loop.time, 0.0
        loop.time = lambda: own() + self.ahead

    async def move(self, seconds):
        self.ahead += seconds
        for _ in range(3):  # the timers that are due, and what they set off
            await asyncio.sleep(0)
