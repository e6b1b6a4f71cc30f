"""A pool: bounded threads beside the event loop that each run one call at a time.

Work waits in a bounded queue; when that is full the caller hears so at once.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from jwt_auth_asgi.executors.capacity import Capacity
from jwt_auth_asgi.executors.worker_threads import JOIN_SECONDS, Queue, WorkerThreads, settle, tell
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.records import dataclass

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
    owner: str
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class Pool:
    """A few threads that each run one call at a time: password hashes, single store calls (PW-06).

    ``waiting`` calls may wait for a thread, and nobody longer than ``timeout_seconds``: whoever is told
    so may be sure that the call was not made, and will not be. Where the system can (Linux), the threads
    give way to others by ``niceness``, added to the process's own as nice(1) does.
    """

    def __init__(  # noqa: PLR0913 - what pools differ in
        self,
        name: str,
        *,
        threads: int,
        waiting: int,
        timeout_seconds: float = 10.0,
        niceness: int = 0,
        join_seconds: float = JOIN_SECONDS,
    ) -> None:
        serve = partial(_serve, niceness=niceness)
        # What threads are sent is where to look for a call: which one it is is decided when they come.
        self._workers: WorkerThreads[Capacity[_Job]] = WorkerThreads(
            name, serve, threads=threads, join_seconds=join_seconds
        )
        self._threads, self._most = threads, threads + waiting
        self._timeout_seconds = timeout_seconds
        self.after_fork()
        renew_in_children(self)

    def submit(self, call: Callable[[], R], *, owner: str = "") -> asyncio.Future[R]:
        """Take a slot in the queue at once; return the future of what ``call`` returns or raises.

        The calls of one ``owner`` take turns with those of the others, however many they are.

        Raises:
            OverloadedError: the queue is full of others that have no more in it than this owner, or there
                is no thread; nothing was queued. The future raises it when no thread came to the call in
                time, or it gave way to another owner's: then it was not made, and will not be.
        """
        loop = asyncio.get_running_loop()
        if self._workers.start():
            self.after_fork()
        capacity = self._capacity
        future: asyncio.Future[R] = loop.create_future()
        job = _Job(partial(contextvars.copy_context().run, call), owner, future, loop)
        displaced, is_short = capacity.admit(job)
        if displaced is not None:
            tell(displaced.loop, partial(settle, displaced.future, OverloadedError()))
        # The slot is the future's, not a coroutine's that might be cancelled before it begins.
        timer = loop.call_later(self._timeout_seconds, _give_up, capacity, job)
        future.add_done_callback(partial(_done, capacity, job, timer))
        if is_short:
            self._workers.jobs.put(capacity)
        return future

    async def run(self, call: Callable[[], R]) -> R:
        """Run ``call`` in a thread and return its result or raise its exception.

        Raises:
            OverloadedError: the queue is full, or no thread came to the call in time.
        """
        return await self.submit(call)

    @property
    def is_full(self) -> bool:
        """Tell whether a call finds a place only where another gives way."""
        return self._capacity.is_full

    def check_capacity(self, owner: str = "") -> None:
        """Raise OverloadedError when a call would find the queue full, before any work goes into it."""
        self._capacity.check(owner)

    def close(self) -> None:
        """End the threads after the calls that wait now; a later call starts new ones."""
        _call(self._workers.jobs, self._capacity, self._capacity.settle())
        self._workers.close()

    def after_fork(self) -> None:
        """Begin anew in a child: who waits or is served at the fork is the parent's."""
        self._capacity: Capacity[_Job] = Capacity(self._most, threads=self._threads)


def _give_up(capacity: Capacity[_Job], job: _Job) -> None:
    """Tell the waiter that it takes too long, unless a thread has begun.

    What has begun goes on to its end, and only its end can say what became of it: a user may be
    registered by then, or a password changed.
    """
    if capacity.withdraw(job):
        settle(job.future, OverloadedError())


def _done(
    capacity: Capacity[_Job], job: _Job, timer: asyncio.TimerHandle, _future: asyncio.Future[R]
) -> None:
    timer.cancel()
    capacity.release(job)


def _serve(calling: Queue[Capacity[_Job]], *, niceness: int) -> None:
    if niceness and sys.platform == "linux":  # this thread's; elsewhere it would be the whole process's
        os.nice(niceness)
    while (capacity := calling.get()) is not None:
        job = capacity.take()
        if job is not None:
            _call(calling, capacity, _run(job, capacity))
        del job  # nothing of a request is kept while the thread waits


def _call(calling: Queue[Capacity[_Job]], capacity: Capacity[_Job], threads: int) -> None:
    for _ in range(threads):
        calling.put(capacity)


def _run(job: _Job, capacity: Capacity[_Job]) -> int:
    """Make the call and tell its loop, if somebody still waits: who went away cancels the future (F-19).

    Return how many threads are to be called.
    """
    is_wanted = not job.future.done()
    answer = _attempt(job.call) if is_wanted else None
    shortage = capacity.end(job)  # where the loop was closed nobody else does
    if is_wanted:
        tell(job.loop, partial(settle, job.future, answer))
    return shortage


def _attempt(call: Callable[[], R]) -> R | BaseException:
    """Return the call's result, or what it raised."""
    try:
        return call()
    except BaseException as error:  # noqa: BLE001 - the waiter decides; the thread must live on
        return error
