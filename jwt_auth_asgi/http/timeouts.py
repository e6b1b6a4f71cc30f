"""Timeouts for what is mostly there already, so that a timer is set only if it is not.

`asyncio.timeout` around a body that is there costs 3 microseconds of a refresh's 83 ("Tricks" in
docs/performance.md). So the coroutine is run to its first wait by hand, and only then handed to one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def timeout_if_pending(seconds: float, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Return the coroutine's result; a timer costs more than most bodies, and most need none.

    Raises:
        TimeoutError: it took longer than ``seconds``, counted from its first wait.
    """
    try:
        waits_for = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    return (yield from _limited(seconds, work, waits_for).__await__())


async def _limited(seconds: float, work: Coroutine[Any, Any, T], waits_for: Any) -> T:
    async with asyncio.timeout(seconds):
        return await _resumed(work, waits_for)


@coroutine
def _resumed(work: Coroutine[Any, Any, T], waits_for: Any) -> Generator[Any, Any, T]:
    """Go on with a coroutine that has already said what it waits for."""
    try:
        while True:
            try:
                got = yield waits_for
            except BaseException as error:  # noqa: BLE001 - a cancellation above all: it is the work's to answer
                waits_for = work.throw(error)
            else:
                waits_for = work.send(got)
    except StopIteration as done:
        result: T = done.value
        return result
