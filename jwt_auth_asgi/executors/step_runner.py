"""A journey: work in steps on an event loop, which waits for its sockets and sends the rest to a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from jwt_auth_asgi.executors.worker_threads import Crew, Queue, tell
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.steps import Aside, Steps, Wait

T = TypeVar("T")

Errand = Callable[[], None]
"""What a journey sends to a thread: it makes a call and brings back the outcome."""


class Journey(Generic[T]):
    """One run of the steps that ``work`` makes, for its loop's thread; a class because it is called back.

    ``arrive`` is called once, with the steps' result or what they raised; it may be called before
    `go` returns.
    """

    __slots__ = ("_arrive", "_crew", "_loop", "_steps", "_timer", "_wait", "_work")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        crew: Crew[Errand],
        work: Callable[[], Steps[T]],
        arrive: Callable[[T | BaseException], None],
    ) -> None:
        self._loop = loop
        self._crew = crew
        self._work = work
        self._arrive = arrive
        self._wait: Wait | None = None
        self._timer: asyncio.TimerHandle | None = None

    def go(self) -> None:
        """Begin."""
        self._resume(self._begin)

    def _begin(self) -> Wait | Aside:
        self._steps = self._work()
        return next(self._steps)

    def _resume(self, resume: Callable[[], Wait | Aside]) -> None:
        try:
            step = resume()
            if isinstance(step, Wait):
                self._await(step)
            else:
                self._send_out(step.call)
        except StopIteration as done:
            self._arrive(done.value)
        except BaseException as error:  # noqa: BLE001 - those who wait decide; the loop must live on
            self._arrive(error)

    def _await(self, wait: Wait) -> None:
        add = self._loop.add_writer if wait.is_writing else self._loop.add_reader
        try:
            add(wait.fileno, self._woken, True)
        except NotImplementedError:  # Windows' own loop watches no sockets
            self._send_out(wait)
            return
        self._wait = wait
        self._timer = self._loop.call_later(wait.seconds, self._woken, False)

    def _woken(self, is_ready: bool) -> None:  # noqa: FBT001 - what a callback is given
        wait, timer = self._wait, self._timer
        if wait is None or timer is None:
            return
        self._wait = self._timer = None
        timer.cancel()
        remove = self._loop.remove_writer if wait.is_writing else self._loop.remove_reader
        remove(wait.fileno)
        self._resume(partial(self._steps.send, is_ready))

    def _send_out(self, call: Callable[[], Any]) -> None:
        try:
            self._crew.start()
        except OverloadedError as error:
            self._resume(partial(self._steps.throw, error))
        else:
            self._crew.jobs.put(partial(self._run, call))

    def _run(self, call: Callable[[], Any]) -> None:
        """Make the call, in a thread; go on where it was asked for."""
        try:
            back = partial(self._steps.send, call())  # an error that is returned is no error
        except BaseException as error:  # noqa: BLE001 - it is the work's to answer; the thread must live on
            back = partial(self._steps.throw, error)
        tell(self._loop, partial(self._resume, back))


def serve(errands: Queue[Errand]) -> None:
    """Run errands, one after the other: what the threads of a crew do."""
    while (errand := errands.get()) is not None:
        errand()
        del errand  # nothing of a request is kept while the thread waits
