"""A crew: threads behind one bounded queue, and the way of an outcome back to the loop that waits.

Threads start at the first job, serve every event loop of the process, and start afresh in a forked
child (F-28). What the threads do with the queue is said in ``workers.py``.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from jwt_auth_asgi.places import Place, Places
from jwt_auth_core.errors import OverloadedError

_GOODBYE_SECONDS: Final = 10.0

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Job(Generic[T, R]):
    """Something to do and the future that waits for it, on the loop that asked."""

    what: T
    future: asyncio.Future[R]
    loop: asyncio.AbstractEventLoop
    place: Place

    def is_wanted(self) -> bool:
        """Tell whether somebody still waits, and give the place back if not.

        A client that went away cancels its future (F-19), and its loop may be closed by now.
        """
        if self.future.done():
            self.place.give_back()
            return False
        return True


_Outcome = tuple[asyncio.Future[R], R | BaseException]
Queue = queue.SimpleQueue[Job[T, R] | None]


class Crew(Generic[T, R]):
    """Threads that take jobs from one bounded queue.

    A class because threads are started once, at the first job; the threads know the queue and
    the work, not the crew, so that a forgotten crew ends by itself.
    """

    def __init__(
        self,
        name: str,
        serve: Callable[[Queue[T, R]], None],
        *,
        threads: int,
        room: int,
        patience_seconds: float,
    ) -> None:
        self._name = name
        self._serve = serve
        self._count = threads
        self._room = room
        self._patience_seconds = patience_seconds
        self._starting = threading.Lock()
        self._reset()

    def submit(self, what: T) -> asyncio.Future[R]:
        """Queue the job at once, in the place that is free now; return the future of its outcome.

        Raises:
            OverloadedError: nothing was queued, because there is no room or no thread.
        """
        loop = asyncio.get_running_loop()
        self._start()
        self.check_room()
        place = self._places.take()
        future: asyncio.Future[R] = loop.create_future()
        # The place is the future's, not a coroutine's that might be cancelled before it begins.
        patience = loop.call_later(self._patience_seconds, _give_up, future)
        future.add_done_callback(partial(_leave, place, patience))
        self._jobs.put(Job(what, future, loop, place))
        return future

    async def ask(self, what: T) -> R:
        """Queue the job and wait for its outcome."""
        return await self.submit(what)

    def check_room(self) -> None:
        """Raise OverloadedError when as many wait or are served as there is room for."""
        if self._jobs.qsize() >= self._room:
            self._clear()
        if self._places.are_taken:
            raise OverloadedError

    def _clear(self) -> None:
        """Drop the jobs of those who left; the queue is bounded by this, however many come and go."""
        for _ in range(self._jobs.qsize()):
            with suppress(queue.Empty):
                job = self._jobs.get_nowait()
                if job is None or job.is_wanted():
                    self._jobs.put(job)

    def close(self) -> None:
        """End the threads after the work that waits now; a later job starts new ones."""
        with self._starting:
            if self._process == os.getpid():
                _dismiss(self._jobs, len(self._threads))
                for thread in self._threads:
                    thread.join(_GOODBYE_SECONDS)
            self._reset()

    def _reset(self) -> None:
        self._jobs: Queue[T, R] = queue.SimpleQueue()
        self._places = Places(self._room)
        self._threads: tuple[threading.Thread, ...] = ()
        self._process = 0

    def _start(self) -> None:
        if self._process == os.getpid():
            return
        with self._starting:
            if self._process != os.getpid():
                self._reset()  # after a fork, too: those who waited are the parent's
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


def _leave(place: Place, patience: asyncio.TimerHandle, _future: asyncio.Future[R]) -> None:
    patience.cancel()
    place.give_back()


def _give_up(future: asyncio.Future[R]) -> None:
    if not future.done():
        future.set_exception(OverloadedError())


def _dismiss(jobs: Queue[T, R], threads: int) -> None:
    for _ in range(threads):
        jobs.put(None)


def attempt(call: Callable[[], R]) -> R | BaseException:
    """Return the call's result, or what it raised."""
    try:
        return call()
    except BaseException as error:  # noqa: BLE001 - the waiter decides; the thread must live on
        return error


def settle(jobs: Sequence[Job[T, R]], answers: Sequence[R | BaseException]) -> None:
    """Hand every answer to its waiter, with one wake-up a loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Outcome[R]]] = defaultdict(list)
    for job, answer in zip(jobs, answers, strict=True):
        by_loop[job.loop].append((job.future, answer))
        job.place.give_back()  # where the loop was closed nobody else does
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
