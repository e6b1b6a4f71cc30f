"""Worker threads behind one queue, and the way of an outcome back to the loop that waits.

Threads start at the first job, serve every event loop of the process, and start afresh in a forked
child (F-28). What the threads do with the queue is said in ``pool.py`` and ``batcher.py``.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.forks import renew_in_children

JOIN_SECONDS: Final = 10.0

J = TypeVar("J")
R = TypeVar("R")

Queue = queue.SimpleQueue[J | None]


class WorkerThreads(Generic[J]):
    """Threads that take jobs from one queue; None ends one of them.

    A class because threads are started once, at the first job; the threads know the queue and
    the work, not this object, so that a forgotten one ends by itself.
    """

    _starting: threading.Lock
    _jobs: Queue[J]
    _threads: tuple[threading.Thread, ...]
    _process: int

    def __init__(
        self,
        name: str,
        serve: Callable[[Queue[J]], None],
        *,
        threads: int,
        join_seconds: float = JOIN_SECONDS,
    ) -> None:
        self._name = name
        self._serve = serve
        self._count = threads
        self._join_seconds = join_seconds
        self._finalizer: weakref.finalize[[Queue[J], int], WorkerThreads[J]] | None = None
        self.after_fork()
        renew_in_children(self)

    @property
    def jobs(self) -> Queue[J]:
        """The queue of the threads that run now, or will."""
        return self._jobs

    def start(self) -> bool:
        """Start the threads, unless they run; tell whether they had to be.

        Raises:
            OverloadedError: the system gives no more threads.
        """
        if self._process == os.getpid():
            return False
        with self._starting:
            if self._process == os.getpid():
                return False
            self._reset()
            self._threads = tuple(self._thread(number) for number in range(self._count))
            self._finalizer = weakref.finalize(self, _end_threads, self._jobs, self._count)
            self._start_threads()
            self._process = os.getpid()
            return True

    def close(self) -> None:
        """End the threads after the jobs that wait now; a later job starts new ones."""
        with self._starting:
            if self._process == os.getpid():
                _end_threads(self._jobs, len(self._threads))
                for thread in self._threads:
                    thread.join(self._join_seconds)
            self._reset()

    def after_fork(self) -> None:
        """Begin anew in a child: the threads are the parent's, and so are those who wait."""
        self._starting = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        if self._finalizer is not None:
            self._finalizer.detach()
        self._jobs, self._threads = queue.SimpleQueue(), ()
        self._finalizer, self._process = None, 0

    def _start_threads(self) -> None:
        try:
            for thread in self._threads:
                thread.start()
        except RuntimeError as error:  # the system gives no more threads
            _end_threads(self._jobs, self._count)
            raise OverloadedError from error

    def _thread(self, number: int) -> threading.Thread:
        return threading.Thread(
            target=self._serve, args=(self._jobs,), name=f"jwt-auth-{self._name}-{number}", daemon=True
        )


def _end_threads(jobs: Queue[J], threads: int) -> None:
    for _ in range(threads):
        jobs.put(None)


def tell(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Have a loop make a call; one that was closed has nobody left to tell."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


def settle(future: asyncio.Future[R], answer: R | BaseException) -> None:
    """Give a future its answer, on its own loop; one whose waiter left stays as it is."""
    if future.done():
        return
    if isinstance(answer, StopIteration):  # no future takes one; a coroutine makes the same of it (PEP 479)
        stopped = RuntimeError("the call raised StopIteration")
        stopped.__cause__ = answer
        answer = stopped
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
