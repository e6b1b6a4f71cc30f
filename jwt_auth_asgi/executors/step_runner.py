"""The step runner: work in steps on an event loop, which waits for sockets and has a thread do the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from jwt_auth_asgi.executors.worker_threads import Queue, WorkerThreads, tell
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.steps import Blocking, Steps, WaitFd

T = TypeVar("T")

Call = Callable[[], None]
"""What a thread is given: it makes a call and brings back the outcome."""


class LoopRunner(Generic[T]):
    """One run of the steps that ``work`` makes, for its loop's thread; a class because it is called back.

    ``on_done`` is called once, with the steps' result or what they raised; it may be called before
    `start` returns.
    """

    __slots__ = ("_loop", "_on_done", "_steps", "_timer", "_wait", "_work", "_workers")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        workers: WorkerThreads[Call],
        work: Callable[[], Steps[T]],
        on_done: Callable[[T | BaseException], None],
    ) -> None:
        self._loop = loop
        self._workers = workers
        self._work = work
        self._on_done = on_done
        self._wait: WaitFd | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin."""
        self._resume(self._begin)

    def _begin(self) -> WaitFd | Blocking:
        self._steps = self._work()
        return next(self._steps)

    def _resume(self, resume: Callable[[], WaitFd | Blocking]) -> None:
        try:
            step = resume()
            if isinstance(step, WaitFd):
                self._await(step)
            else:
                self._run_in_thread(step.call)
        except StopIteration as done:
            self._on_done(done.value)
        except BaseException as error:  # noqa: BLE001 - those who wait decide; the loop must live on
            self._on_done(error)

    def _await(self, wait: WaitFd) -> None:
        add = self._loop.add_writer if wait.is_writing else self._loop.add_reader
        try:
            add(wait.fileno, self._on_ready, True)
        except NotImplementedError:  # Windows' own loop watches no sockets
            self._run_in_thread(wait)
            return
        self._wait = wait
        self._timer = self._loop.call_later(wait.seconds, self._on_ready, False)

    def _on_ready(self, is_ready: bool) -> None:  # noqa: FBT001 - what a callback is given
        wait, timer = self._wait, self._timer
        if wait is None or timer is None:
            return
        self._wait = self._timer = None
        timer.cancel()
        remove = self._loop.remove_writer if wait.is_writing else self._loop.remove_reader
        remove(wait.fileno)
        self._resume(partial(self._steps.send, is_ready))

    def _run_in_thread(self, call: Callable[[], Any]) -> None:
        try:
            self._workers.start()
        except OverloadedError as error:
            self._resume(partial(self._steps.throw, error))
        else:
            self._workers.jobs.put(partial(self._call, call))

    def _call(self, call: Callable[[], Any]) -> None:
        """Make the call, in a thread; go on where it was asked for."""
        try:
            back = partial(self._steps.send, call())  # an error that is returned is no error
        except BaseException as error:  # noqa: BLE001 - it is the work's to answer; the thread must live on
            back = partial(self._steps.throw, error)
        tell(self._loop, partial(self._resume, back))


def run_calls(calls: Queue[Call]) -> None:
    """Run calls, one after the other: what the worker threads do."""
    while (call := calls.get()) is not None:
        call()
        del call  # nothing of a request is kept while the thread waits
