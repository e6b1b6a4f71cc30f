"""Bounded: calls that may hang, each in a thread of its own, so many at a time, waited for so long."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.hooks.refusal import HookFailedError, RefusedError

DEADLINE_SECONDS: Final = 2.0
"""How long a hook may take; then the answer is 503, and nothing is issued."""

MOST: Final = 4
"""How many calls of one hook may be on their way, hung ones among them."""

T = TypeVar("T")

_LOGGER: Final = logging.getLogger("jwt_auth.hooks")


class Bounded:
    """Makes calls of one hook; a class because it counts those that are on their way.

    A thread a call: beside a password hash that costs nothing, and one that hangs keeps no other waiting.
    """

    __slots__ = ("__weakref__", "_free", "_name", "_seconds")

    def __init__(self, name: str, *, seconds: float = DEADLINE_SECONDS) -> None:
        self._name = name
        self._seconds = seconds
        self.after_fork()
        renew_in_children(self)

    def __call__(self, call: Callable[[], T]) -> T:
        """Return what the call returns.

        Raises:
            RefusedError: the call raised it.
            HookFailedError: it raised something else, takes too long, or too many do.
        """
        if not self._free.acquire(blocking=False):
            _LOGGER.error("the hook %s is not asked: %d calls of it have not come back", self._name, MOST)
            raise HookFailedError(self._name)
        attempt = _Attempt(call, self._free)
        attempt.start()
        attempt.done.wait(self._seconds)
        return attempt.answer(self._name)

    def after_fork(self) -> None:
        """Begin to count anew in a child: its parent's threads are not there."""
        self._free = threading.Semaphore(MOST)


class _Attempt(Generic[T]):
    """One call, in its thread; what came of it is there when it is done."""

    __slots__ = ("_call", "_error", "_found", "_free", "done")

    def __init__(self, call: Callable[[], T], free: threading.Semaphore) -> None:
        self._call = call
        self._free = free
        self._found: list[T] = []
        self._error: BaseException | None = None
        self.done = threading.Event()

    def start(self) -> None:
        thread = threading.Thread(target=self._run, name="jwt-auth-hook", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system gives no more threads
            self._error = error
            self._end()

    def answer(self, name: str) -> T:
        if isinstance(self._error, RefusedError):
            raise self._error
        if self._found:
            return self._found[0]
        if self._error is None:
            _LOGGER.error("the hook %s did not answer in time", name)
        else:
            _LOGGER.error("the hook %s failed", name, exc_info=self._error)
        raise HookFailedError(name)

    def _run(self) -> None:
        try:
            self._found.append(self._call())
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            self._error = error
        finally:
            self._end()

    def _end(self) -> None:
        self._free.release()
        self.done.set()
