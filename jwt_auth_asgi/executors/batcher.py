"""A batcher: everything that waits at the moment goes to the stores together, such as refreshes."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from jwt_auth_asgi.executors.step_runner import Errand, Journey, serve
from jwt_auth_asgi.executors.worker_threads import Crew, settle
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.steps import Steps

MOST_AT_ONCE: Final = 128
UNDER_WAY: Final = 2
FEW: Final = 4

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], Steps[Sequence[R | BaseException]]]


class Batcher(Generic[T, R]):
    """Takes everything waiting at the moment to one piece of work, in steps.

    The work gets up to ``MOST_AT_ONCE`` items and returns as many answers, in their order; an answer
    that is an exception is raised to its waiter, an exception of the work to all of them. Its steps
    go on the event loop, and what may block in one thread. ``UNDER_WAY`` batches are on their way at
    a time, the second with at least ``FEW``; besides one full batch, ``waiting`` items may wait on each
    loop, and none longer than ``patience_seconds``.
    """

    def __init__(self, name: str, work: Work[T, R], *, waiting: int, patience_seconds: float = 10.0) -> None:
        self._crew: Crew[Errand] = Crew(name, serve, threads=1)
        self._line = partial(
            _Line, work, self._crew, room=MOST_AT_ONCE + waiting, patience_seconds=patience_seconds
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
        for line in self._lines:  # nearly always there is one
            if line.loop is loop:
                return line.join(item)
        return self._added(loop).join(item)

    def close(self) -> None:
        """End the thread after the batches that are in it; a later one starts a new thread."""
        self._crew.close()

    def after_fork(self) -> None:
        """Begin anew in a child: the loops are the parent's, and so are those who wait."""
        self._adding = threading.Lock()
        self._lines: tuple[_Line, ...] = ()

    def _added(self, loop: asyncio.AbstractEventLoop) -> _Line:
        made = self._line(loop)
        with self._adding:
            self._lines = (*(line for line in self._lines if not line.loop.is_closed()), made)
        return made


class _Line:
    """Those who wait on one event loop; only that loop's thread comes here."""

    def __init__(
        self,
        work: Work[Any, Any],
        crew: Crew[Errand],
        loop: asyncio.AbstractEventLoop,
        *,
        room: int,
        patience_seconds: float,
    ) -> None:
        self.loop = loop
        self._work = work
        self._crew = crew
        self._room = room
        self._patience_seconds = patience_seconds
        self._waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self._is_leaving = False
        self._under_way = 0
        self._away = 0
        self._patient: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._is_timed = False

    def join(self, item: object) -> asyncio.Future[Any]:
        """Return the future of the item's answer; raises OverloadedError."""
        if self._is_full():
            self._waiting = deque(pair for pair in self._waiting if not pair[1].done())
            if self._is_full():
                raise OverloadedError
        future = self.loop.create_future()
        self._waiting.append((item, future))
        self._be_patient(future)
        self._leave_soon()
        return future

    def _is_full(self) -> bool:
        return len(self._waiting) + self._away >= self._room

    def _leave_soon(self) -> None:
        # Not at once: whoever else is ready in this turn of the loop comes along. A second batch is not
        # worth its round trips for one or two, who leave when the first is back.
        enough = FEW if self._under_way else 1
        if len(self._waiting) >= enough and not self._is_leaving and self._under_way < UNDER_WAY:
            self._is_leaving = True
            self.loop.call_soon(self._leave)

    def _leave(self) -> None:
        """Send off a batch of those who are still there (F-19)."""
        self._is_leaving = False
        batch: list[tuple[Any, asyncio.Future[Any]]] = []
        while self._waiting and len(batch) < MOST_AT_ONCE:
            pair = self._waiting.popleft()
            if not pair[1].done():
                batch.append(pair)
        if batch:
            self._under_way += 1
            self._away += len(batch)
            work = partial(self._work, [item for item, _ in batch])
            arrive = partial(self._arrive, [future for _, future in batch])
            Journey(self.loop, self._crew, work, arrive).go()
        self._leave_soon()

    def _arrive(
        self, futures: Sequence[asyncio.Future[Any]], answers: Sequence[object] | BaseException
    ) -> None:
        self._under_way -= 1
        self._away -= len(futures)
        if not isinstance(answers, BaseException) and len(answers) != len(futures):
            answers = RuntimeError("a batch has another number of answers")
        for place, future in enumerate(futures):
            settle(future, answers if isinstance(answers, BaseException) else answers[place])
        self._forget_the_answered()
        self._leave_soon()

    def _be_patient(self, future: asyncio.Future[Any]) -> None:
        # One timer for all: setting and cancelling one for each took a tenth of a refresh.
        self._patient.append((self.loop.time() + self._patience_seconds, future))
        if not self._is_timed:
            self._is_timed = True
            self.loop.call_later(self._patience_seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        now = self.loop.time()
        self._forget_the_answered()
        while self._patient and self._patient[0][0] <= now:
            settle(self._patient.popleft()[1], OverloadedError())
            self._forget_the_answered()
        self._is_timed = bool(self._patient)
        if self._patient:
            self.loop.call_at(self._patient[0][0], self._lose_patience)

    def _forget_the_answered(self) -> None:
        while self._patient and self._patient[0][1].done():
            self._patient.popleft()
