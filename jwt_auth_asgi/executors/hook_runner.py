"""The hook runner: calls of functions of the application's, awaited no longer than their deadline."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.hooks.bounded import DEADLINE_SECONDS, MOST
from jwt_auth_core.hooks.refusal import HookFailedError, RefusedError

WAITING: Final = 256
HANGING_SECONDS: Final = 0.25  # what a shutdown waits for each thread: a hook may hang for ever

_LOGGER: Final = logging.getLogger("jwt_auth.hooks")


class HookRunner:
    """Calls one kind of hook: what must be awaited on this loop, all else in a few threads of its own.

    A class because it owns the threads; they start at their first work. One that hangs keeps a thread; those
    of other kinds, and whoever asks no hook, have theirs.
    """

    def __init__(self, name: str, *, seconds: float = DEADLINE_SECONDS) -> None:
        self._name = name
        self._seconds = seconds
        self._threads = Pool(
            f"hook-{name}",
            threads=MOST,
            waiting=WAITING,
            timeout_seconds=seconds,
            join_seconds=HANGING_SECONDS,
        )

    async def __call__(self, hook: Callable[..., Any], *given: object) -> Any:
        """Return what the hook returns.

        Raises:
            RefusedError: the hook raised it.
            OverloadedError: too many wait for a thread.
            HookFailedError: the hook raised something else, or gave no answer in time.
        """
        asked = asyncio.ensure_future(self._answer(hook, given))
        asked.add_done_callback(let_be)
        try:
            # Not `wait_for`: that waits for whoever does not let itself be cancelled.
            await asyncio.wait((asked,), timeout=self._seconds)
        finally:
            asked.cancel()
        if not asked.done():
            _LOGGER.error("the hook %s did not answer in %g seconds", self._name, self._seconds)
            raise HookFailedError(self._name)
        return self._result(asked)

    def close(self) -> None:
        """End the threads after the calls that wait now; a later call starts new ones."""
        self._threads.close()

    async def _answer(self, hook: Callable[..., Any], given: tuple[object, ...]) -> Any:
        if inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004
            return await _awaited(hook(*given))
        found = await self._threads.submit(partial(_called, hook, given))
        return await _awaited(found) if inspect.isawaitable(found) else found

    def _result(self, asked: asyncio.Future[Any]) -> Any:
        error = asyncio.CancelledError() if asked.cancelled() else asked.exception()
        if error is None:
            return asked.result()
        if isinstance(error, RefusedError | OverloadedError):
            raise error
        _LOGGER.error("the hook %s failed", self._name, exc_info=error)
        raise HookFailedError(self._name)


def _called(hook: Callable[..., Any], given: tuple[object, ...]) -> Any:
    """Call a hook in a thread, which no signal reaches: what would end the process is the hook's own."""
    try:
        return hook(*given)
    except (SystemExit, KeyboardInterrupt) as error:
        raise _ended(error) from error


async def _awaited(found: Awaitable[Any]) -> Any:
    """Await a hook on the loop, where an interruption may be the operator's."""
    try:
        return await found
    except SystemExit as error:
        raise _ended(error) from error


def _ended(error: BaseException) -> RuntimeError:
    return RuntimeError(f"the hook raised {type(error).__name__}")


def let_be(asked: asyncio.Future[Any]) -> None:
    """Take down what nobody may wait for any more, so that nobody is told of it."""
    if not asked.cancelled():
        asked.exception()
