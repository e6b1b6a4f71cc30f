"""A limit of time that costs nothing where nothing is waited for."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi.http.timeouts import timeout_if_pending


async def ready():
    return "there"


async def after(*waits):
    """Wait for each in turn; return what they gave."""
    return [await wait for wait in waits]


async def failing():
    raise LookupError("at once")


async def never():
    await asyncio.get_running_loop().create_future()


async def test_what_is_there_is_returned_without_a_timer():
    """A coroutine that waits for nothing runs to its end outside any time limit."""
    asyncio.get_running_loop().call_at = None  # a timer would fail
    assert await timeout_if_pending(1, ready()) == "there"


async def test_what_fails_at_once_fails_at_once():
    """An exception of the first step is the caller's."""
    with pytest.raises(LookupError, match="at once"):
        await timeout_if_pending(1, failing())


async def test_what_waits_goes_on_from_there():
    """Nothing is lost or done twice between the first wait and the last."""
    first, second = asyncio.get_running_loop().create_future(), asyncio.sleep(0, "two")
    asyncio.get_running_loop().call_soon(first.set_result, "one")
    assert await timeout_if_pending(60, after(first, second)) == ["one", "two"]


async def test_what_takes_too_long_is_ended():
    """The work is cancelled where it waits, and TimeoutError says so."""
    ended = []

    async def work():
        try:
            await never()
        finally:
            ended.append(True)

    with pytest.raises(TimeoutError):
        await timeout_if_pending(0.01, work())
    assert ended == [True]


async def test_a_cancellation_is_the_works_to_answer():
    """Work that cleans up before it ends is waited for; the caller hears of the cancellation."""
    cleaned = []

    async def work():
        try:
            await never()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    task = asyncio.ensure_future(timeout_if_pending(60, work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [True]
