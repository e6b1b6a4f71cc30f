"""A batcher: everything that waits at the moment goes to the stores together, such as refreshes."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from jwt_auth_asgi.executors.step_runner import Call, LoopRunner, run_calls
from jwt_auth_asgi.executors.worker_threads import WorkerThreads, settle
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.steps import Steps

MAX_BATCH_SIZE: Final = 128
MAX_BATCHES: Final = 2
MIN_SECOND_BATCH: Final = 4

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], Steps[Sequence[R | BaseException]]]


class Batcher(Generic[T, R]):
    """Takes everything waiting at the moment to one piece of work, in steps.

    The work gets up to ``MAX_BATCH_SIZE`` items and returns as many answers, in their order; an answer
    that is an exception is raised to its waiter, an exception of the work to all of them. Its steps
    go on the event loop, and what may block in one thread. ``MAX_BATCHES`` batches are on their way at
    a time, the second with at least ``MIN_SECOND_BATCH``; besides one full batch, ``waiting`` items may
    wait on each loop, and none longer than ``timeout_seconds``.
    """

    def __init__(self, name: str, work: Work[T, R], *, waiting: int, timeout_seconds: float = 10.0) -> None:
        self._workers: WorkerThreads[Call] = WorkerThreads(name, run_calls, threads=1)
        self._new_queue = partial(
            _Queue, work, self._workers, capacity=MAX_BATCH_SIZE + waiting, timeout_seconds=timeout_seconds
        )
        self.after_fork()
        renew_in_children(self)

    def ask(self, item: T) -> asyncio.Future[R]:
        """Return the future of the item's answer.

        Raises:
            OverloadedError: too many wait. The future raises it when there is no thread, or the answer
                took too long.
        """
        loop = asyncio.get_running_loop()
        for queue in self._queues:  # nearly always there is one
            if queue.loop is loop:
                return queue.put(item)
        return self._add_queue(loop).put(item)

    def close(self) -> None:
        """End the thread after the batches that are in it; a later one starts a new thread."""
        self._workers.close()

    def after_fork(self) -> None:
        """Begin anew in a child: the loops are the parent's, and so are those who wait."""
        self._adding = threading.Lock()
        self._queues: tuple[_Queue, ...] = ()

    def _add_queue(self, loop: asyncio.AbstractEventLoop) -> _Queue:
        made = self._new_queue(loop)
        with self._adding:
            self._queues = (*(queue for queue in self._queues if not queue.loop.is_closed()), made)
        return made


class _Queue:
    """Those who wait on one event loop; only that loop's thread comes here."""

    def __init__(
        self,
        work: Work[Any, Any],
        workers: WorkerThreads[Call],
        loop: asyncio.AbstractEventLoop,
        *,
        capacity: int,
        timeout_seconds: float,
    ) -> None:
        self.loop = loop
        self._work = work
        self._workers = workers
        self._capacity = capacity
        self._timeout_seconds = timeout_seconds
        self._waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self._is_scheduled = False
        self._batches = 0
        self._in_flight = 0
        self._deadlines: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._is_timer_set = False

    def put(self, item: object) -> asyncio.Future[Any]:
        """Return the future of the item's answer; raises OverloadedError."""
        if self._is_full():
            self._waiting = deque(pair for pair in self._waiting if not pair[1].done())
            if self._is_full():
                raise OverloadedError
        future = self.loop.create_future()
        self._waiting.append((item, future))
        self._set_deadline(future)
        self._schedule_flush()
        return future

    def _is_full(self) -> bool:
        return len(self._waiting) + self._in_flight >= self._capacity

    def _schedule_flush(self) -> None:
        # Not at once: whoever else is ready in this turn of the loop comes along. A second batch is not
        # worth its round trips for one or two, who leave when the first is back.
        enough = MIN_SECOND_BATCH if self._batches else 1
        if len(self._waiting) >= enough and not self._is_scheduled and self._batches < MAX_BATCHES:
            self._is_scheduled = True
            self.loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Send off a batch of those who are still there (F-19)."""
        self._is_scheduled = False
        batch: list[tuple[Any, asyncio.Future[Any]]] = []
        while self._waiting and len(batch) < MAX_BATCH_SIZE:
            pair = self._waiting.popleft()
            if not pair[1].done():
                batch.append(pair)
        if batch:
            self._batches += 1
            self._in_flight += len(batch)
            work = partial(self._work, [item for item, _ in batch])
            on_done = partial(self._on_done, [future for _, future in batch])
            LoopRunner(self.loop, self._workers, work, on_done).start()
        self._schedule_flush()

    def _on_done(
        self, futures: Sequence[asyncio.Future[Any]], answers: Sequence[object] | BaseException
    ) -> None:
        self._batches -= 1
        self._in_flight -= len(futures)
        if not isinstance(answers, BaseException) and len(answers) != len(futures):
            answers = RuntimeError("a batch has another number of answers")
        for place, future in enumerate(futures):
            settle(future, answers if isinstance(answers, BaseException) else answers[place])
        self._drop_answered()
        self._schedule_flush()

    def _set_deadline(self, future: asyncio.Future[Any]) -> None:
        # One timer for all: setting and cancelling one for each took a tenth of a refresh.
        self._deadlines.append((self.loop.time() + self._timeout_seconds, future))
        if not self._is_timer_set:
            self._is_timer_set = True
            self.loop.call_later(self._timeout_seconds, self._expire)

    def _expire(self) -> None:
        now = self.loop.time()
        self._drop_answered()
        while self._deadlines and self._deadlines[0][0] <= now:
            settle(self._deadlines.popleft()[1], OverloadedError())
            self._drop_answered()
        self._is_timer_set = bool(self._deadlines)
        if self._deadlines:
            self.loop.call_at(self._deadlines[0][0], self._expire)

    def _drop_answered(self) -> None:
        while self._deadlines and self._deadlines[0][1].done():
            self._deadlines.popleft()
