"""A pool: bounded threads beside the event loop that each run one call at a time.

Work waits in a bounded queue; when that is full the caller hears so at once.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import queue
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from jwt_auth_asgi.executors.capacity import Capacity, Slot
from jwt_auth_asgi.executors.worker_threads import Queue, WorkerThreads, settle, tell
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.forks import renew_in_children

R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - macOS and Windows


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """A call and the future that waits for it, on the loop that asked."""

    call: Callable[[], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    slot: Slot
    fate: list[None] = field(default_factory=lambda: [None])

    def is_wanted(self) -> bool:
        """Tell whether somebody still waits, and release its slot if not.

        A client that went away cancels its future (F-19), and its loop may be closed by now.
        """
        if self.future.done():
            self.slot.release()
            return False
        return True

    def begin(self) -> bool:
        """Tell a thread whether to make the call: somebody waits, and was not told otherwise."""
        return self.is_wanted() and self._decide()

    def give_up(self) -> None:
        """Tell the waiter that it takes too long, unless a thread has begun.

        What has begun goes on to its end, and only its end can say what became of it: a user may be
        registered by then, or a password changed.
        """
        if self._decide():
            settle(self.future, OverloadedError())

    def _decide(self) -> bool:
        """Tell whoever is first that it is."""
        try:
            self.fate.pop()
        except IndexError:
            return False
        return True


class Pool:
    """A few threads that each run one call at a time: password hashes, single store calls (PW-06).

    ``waiting`` calls may wait for a thread, and nobody longer than ``timeout_seconds``: whoever is told
    so may be sure that the call was not made, and will not be. Where the system can (Linux), the threads
    give way to others by ``niceness``, added to the process's own as nice(1) does.
    """

    def __init__(
        self, name: str, *, threads: int, waiting: int, timeout_seconds: float = 10.0, niceness: int = 0
    ) -> None:
        serve = partial(_serve, niceness=niceness)
        self._workers: WorkerThreads[_Job] = WorkerThreads(name, serve, threads=threads)
        self._most = threads + waiting
        self._timeout_seconds = timeout_seconds
        self.after_fork()
        renew_in_children(self)

    def submit(self, call: Callable[[], R]) -> asyncio.Future[R]:
        """Take a slot in the queue at once; return the future of what ``call`` returns or raises.

        Raises:
            OverloadedError: the queue is full, or there is no thread; nothing was queued. The future
                raises it when no thread came to the call in time.
        """
        loop = asyncio.get_running_loop()
        if self._workers.start():
            self.after_fork()
        self.check_capacity()
        slot = self._capacity.acquire()
        future: asyncio.Future[R] = loop.create_future()
        job = _Job(partial(contextvars.copy_context().run, call), future, loop, slot)
        # The slot is the future's, not a coroutine's that might be cancelled before it begins.
        timer = loop.call_later(self._timeout_seconds, job.give_up)
        future.add_done_callback(partial(_done, slot, timer))
        self._workers.jobs.put(job)
        return future

    async def run(self, call: Callable[[], R]) -> R:
        """Run ``call`` in a thread and return its result or raise its exception.

        Raises:
            OverloadedError: the queue is full, or no thread came to the call in time.
        """
        return await self.submit(call)

    def check_capacity(self) -> None:
        """Raise OverloadedError when a call would find the queue full, before any work goes into it."""
        if self._workers.jobs.qsize() >= self._most:
            self._clear()
        if self._capacity.is_full:
            raise OverloadedError

    def close(self) -> None:
        """End the threads after the calls that wait now; a later call starts new ones."""
        self._workers.close()

    def after_fork(self) -> None:
        """Begin anew in a child: who waits or is served at the fork is the parent's."""
        self._capacity = Capacity(self._most)

    def _clear(self) -> None:
        """Drop the jobs of those who left; the queue is bounded by this, however many come and go."""
        jobs = self._workers.jobs
        for _ in range(jobs.qsize()):
            with suppress(queue.Empty):
                job = jobs.get_nowait()
                if job is None or job.is_wanted():
                    jobs.put(job)


def _done(slot: Slot, timer: asyncio.TimerHandle, _future: asyncio.Future[R]) -> None:
    timer.cancel()
    slot.release()


def _serve(jobs: Queue[_Job], *, niceness: int) -> None:
    if niceness and sys.platform == "linux":  # this thread's; elsewhere it would be the whole process's
        os.nice(niceness)
    while (job := jobs.get()) is not None:
        if job.begin():
            answer = _attempt(job.call)
            job.slot.release()  # where the loop was closed nobody else does
            tell(job.loop, partial(settle, job.future, answer))
            del answer
        del job  # nothing of a request is kept while the thread waits


def _attempt(call: Callable[[], R]) -> R | BaseException:
    """Return the call's result, or what it raised."""
    try:
        return call()
    except BaseException as error:  # noqa: BLE001 - the waiter decides; the thread must live on
        return error
