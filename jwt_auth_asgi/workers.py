"""Bounded threads beside the event loop: `Pool` runs one call at a time each, `Batcher` many at once.

Work waits in a bounded queue; when that is full the caller hears so at once. Threads start at the
first use, serve every event loop of the process, and start afresh in a forked child (F-28).
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import queue
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from jwt_auth_core.errors import OverloadedError

MOST_AT_ONCE: Final = 128
_GOODBYE_SECONDS: Final = 10.0

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - macOS and Windows


@dataclass(frozen=True, slots=True, eq=False)
class _Job(Generic[T, R]):
    """Something to do and the future that waits for it, on the loop that asked."""

    what: T
    future: asyncio.Future[R]
    loop: asyncio.AbstractEventLoop

    @property
    def wanted(self) -> bool:
        """Tell whether somebody still waits; a client that went away cancels its future (F-19)."""
        return not self.future.done()


_Outcome = tuple[asyncio.Future[R], R | BaseException]
_Queue = queue.SimpleQueue[_Job[T, R] | None]


class _Crew(Generic[T, R]):
    """Threads that take jobs from one bounded queue.

    A class because threads are started once, at the first job; the threads know the queue and
    the work, not the crew, so that a forgotten crew ends by itself.
    """

    def __init__(
        self,
        name: str,
        serve: Callable[[_Queue[T, R]], None],
        *,
        threads: int,
        waiting: int,
        patience_seconds: float,
    ) -> None:
        self._name = name
        self._serve = serve
        self._count = threads
        self._waiting = waiting
        self._patience_seconds = patience_seconds
        self._starting = threading.Lock()
        self._reset()

    async def ask(self, what: T) -> R:
        """Queue the job and wait for its outcome."""
        self._start()
        if self._jobs.qsize() >= self._waiting:
            raise OverloadedError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._jobs.put(_Job(what, future, loop))
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await future
        except TimeoutError:
            if not future.cancelled():
                raise  # the work's own
            raise OverloadedError from None

    def close(self) -> None:
        """End the threads after the work that waits now; a later job starts new ones."""
        with self._starting:
            if self._process == os.getpid():
                _dismiss(self._jobs, len(self._threads))
                for thread in self._threads:
                    thread.join(_GOODBYE_SECONDS)
            self._reset()

    def _reset(self) -> None:
        self._jobs: _Queue[T, R] = queue.SimpleQueue()
        self._threads: tuple[threading.Thread, ...] = ()
        self._process = 0

    def _start(self) -> None:
        if self._process == os.getpid():
            return
        with self._starting:
            if self._process != os.getpid():
                self._reset()
                self._threads = tuple(self._thread(number) for number in range(self._count))
                weakref.finalize(self, _dismiss, self._jobs, self._count)
                self._start_threads()
                self._process = os.getpid()

    def _start_threads(self) -> None:
        try:
            for thread in self._threads:
                thread.start()
        except RuntimeError as error:  # the system gives no more threads
            _dismiss(self._jobs, self._count)
            raise OverloadedError from error

    def _thread(self, number: int) -> threading.Thread:
        return threading.Thread(
            target=self._serve, args=(self._jobs,), name=f"jwt-auth-{self._name}-{number}", daemon=True
        )


def _dismiss(jobs: _Queue[T, R], threads: int) -> None:
    for _ in range(threads):
        jobs.put(None)


class Pool:
    """A few threads that each run one call at a time: password hashes, single store calls (PW-06).

    ``waiting`` calls may wait for a thread, and none longer than ``patience_seconds``.
    """

    def __init__(self, name: str, *, threads: int, waiting: int, patience_seconds: float = 10.0) -> None:
        self._crew: _Crew[Callable[[], object], object] = _Crew(
            name, _serve_calls, threads=threads, waiting=waiting, patience_seconds=patience_seconds
        )

    async def run(self, call: Callable[[], R]) -> R:
        """Run ``call`` in a thread and return its result or raise its exception.

        Raises:
            OverloadedError: the queue is full, or the call took too long.
        """
        inside = partial(contextvars.copy_context().run, call)
        return await self._crew.ask(inside)  # type: ignore[return-value]

    def close(self) -> None:
        """End the threads after the calls that wait now."""
        self._crew.close()


def _serve_calls(jobs: _Queue[Callable[[], R], R]) -> None:
    while (job := jobs.get()) is not None:
        if job.wanted:
            _settle([job], [_attempt(job.what)])
        del job  # nothing of a request is kept while the thread waits


def _attempt(call: Callable[[], R]) -> R | BaseException:
    try:
        return call()
    except BaseException as error:  # noqa: BLE001 - the waiter decides; the thread must live on
        return error


class Batcher(Generic[T, R]):
    """One thread that takes everything waiting at the moment to one call: refreshes.

    The call gets up to ``MOST_AT_ONCE`` items and returns as many answers, in their order; an
    answer that is an exception is raised to its waiter, an exception of the call to all of them.
    """

    def __init__(
        self,
        name: str,
        call: Callable[[Sequence[T]], Sequence[R | BaseException]],
        *,
        waiting: int,
        patience_seconds: float = 10.0,
    ) -> None:
        self._crew: _Crew[T, R] = _Crew(
            name, partial(_serve_batches, call), threads=1, waiting=waiting, patience_seconds=patience_seconds
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


def _serve_batches(call: Callable[[Sequence[T]], Sequence[R | BaseException]], jobs: _Queue[T, R]) -> None:
    more = True
    while more:
        batch, more = _take(jobs)
        if batch:
            _settle(batch, _answers(call, [job.what for job in batch]))
        batch.clear()


def _take(jobs: _Queue[T, R]) -> tuple[list[_Job[T, R]], bool]:
    """Wait for one job, then take what else is there; False when the thread is to end."""
    batch: list[_Job[T, R]] = []
    job = jobs.get()
    while job is not None:
        if job.wanted:
            batch.append(job)
        if len(batch) == MOST_AT_ONCE or jobs.empty():
            return batch, True
        job = jobs.get()
    return batch, False


def _answers(
    call: Callable[[Sequence[T]], Sequence[R | BaseException]], items: Sequence[T]
) -> Sequence[R | BaseException]:
    answers = _attempt(partial(call, items))
    return [answers] * len(items) if isinstance(answers, BaseException) else answers


def _settle(jobs: Sequence[_Job[T, R]], answers: Sequence[R | BaseException]) -> None:
    """Hand every answer to its waiter, with one wake-up a loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Outcome[R]]] = defaultdict(list)
    for job, answer in zip(jobs, answers, strict=True):
        by_loop[job.loop].append((job.future, answer))
    for loop, outcomes in by_loop.items():
        _deliver(loop, outcomes)


def _deliver(loop: asyncio.AbstractEventLoop, outcomes: Sequence[_Outcome[R]]) -> None:
    try:
        loop.call_soon_threadsafe(_resolve, outcomes)
    except RuntimeError:
        return  # the loop was closed: nobody waits any more


def _resolve(outcomes: Sequence[_Outcome[R]]) -> None:
    for future, answer in outcomes:
        if future.done():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
