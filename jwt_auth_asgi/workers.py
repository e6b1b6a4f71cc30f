"""Bounded threads beside the event loop: `Pool` runs one call at a time each, `Batcher` many at once.

Work waits in a bounded queue; when that is full the caller hears so at once.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Generic, TypeVar

from jwt_auth_asgi.crew import Crew, Job, Queue, attempt, settle

MOST_AT_ONCE: Final = 128

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - macOS and Windows


class Pool:
    """A few threads that each run one call at a time: password hashes, single store calls (PW-06).

    ``waiting`` calls may wait for a thread, and nobody longer than ``patience_seconds``. Where the
    system can (Linux), the threads give way to others by ``niceness``, from 0 to 19 as in nice(1).
    """

    def __init__(
        self, name: str, *, threads: int, waiting: int, patience_seconds: float = 10.0, niceness: int = 0
    ) -> None:
        self._crew: Crew[Callable[[], object], object] = Crew(
            name,
            partial(_serve_calls, niceness=niceness),
            threads=threads,
            room=threads + waiting,
            patience_seconds=patience_seconds,
        )

    def submit(self, call: Callable[[], R]) -> asyncio.Future[R]:
        """Take a place in the queue at once; return the future of what ``call`` returns or raises.

        Raises:
            OverloadedError: the queue is full. The future raises it when the call took too long.
        """
        inside = partial(contextvars.copy_context().run, call)
        return self._crew.submit(inside)  # type: ignore[return-value]

    async def run(self, call: Callable[[], R]) -> R:
        """Run ``call`` in a thread and return its result or raise its exception.

        Raises:
            OverloadedError: the queue is full, or the call took too long.
        """
        return await self.submit(call)

    def check_room(self) -> None:
        """Raise OverloadedError when a call would find the queue full, before any work goes into it."""
        self._crew.check_room()

    def close(self) -> None:
        """End the threads after the calls that wait now."""
        self._crew.close()


def _serve_calls(jobs: Queue[Callable[[], R], R], *, niceness: int = 0) -> None:
    if niceness and sys.platform == "linux":  # elsewhere a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
    while (job := jobs.get()) is not None:
        if job.is_wanted():
            settle([job], [attempt(job.what)])
        del job  # nothing of a request is kept while the thread waits


class Batcher(Generic[T, R]):
    """One thread that takes everything waiting at the moment to one call: refreshes.

    The call gets up to ``MOST_AT_ONCE`` items and returns as many answers, in their order; an
    answer that is an exception is raised to its waiter, an exception of the call to all of them.
    Besides one full batch, ``waiting`` items may wait, and none longer than ``patience_seconds``.
    """

    def __init__(
        self,
        name: str,
        call: Callable[[Sequence[T]], Sequence[R | BaseException]],
        *,
        waiting: int,
        patience_seconds: float = 10.0,
    ) -> None:
        self._crew: Crew[T, R] = Crew(
            name,
            partial(_serve_batches, call),
            threads=1,
            room=MOST_AT_ONCE + waiting,
            patience_seconds=patience_seconds,
        )

    async def ask(self, item: T) -> R:
        """Return the item's answer.

        Raises:
            OverloadedError: the queue is full, or the answer took too long.
        """
        return await self._crew.ask(item)

    def close(self) -> None:
        """End the thread after the items that wait now."""
        self._crew.close()


def _serve_batches(call: Callable[[Sequence[T]], Sequence[R | BaseException]], jobs: Queue[T, R]) -> None:
    more = True
    while more:
        batch, more = _take(jobs)
        if batch:
            settle(batch, _answers(call, [job.what for job in batch]))
        batch.clear()


def _take(jobs: Queue[T, R]) -> tuple[list[Job[T, R]], bool]:
    """Wait for one job, then take what else is there; False when the thread is to end."""
    batch: list[Job[T, R]] = []
    job = jobs.get()
    while job is not None:
        if job.is_wanted():
            batch.append(job)
        if len(batch) == MOST_AT_ONCE or jobs.empty():
            return batch, True
        job = jobs.get()
    return batch, False


def _answers(
    call: Callable[[Sequence[T]], Sequence[R | BaseException]], items: Sequence[T]
) -> Sequence[R | BaseException]:
    # Paired inside the attempt: a call that returns too few answers fails its batch, not the thread.
    pairs = attempt(lambda: list(zip(items, call(items), strict=True)))
    return [pairs] * len(items) if isinstance(pairs, BaseException) else [answer for _, answer in pairs]
