"""Clients that go away while they wait."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect


class Client:
    """A client that is told when to leave."""

    def __init__(self):
        self.leaving = asyncio.Event()

    async def receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}


async def settled():
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)
    return len(asyncio.all_tasks())


async def test_work_is_given_up_when_the_client_leaves():
    """The work is cancelled, and no task is left behind."""  # F-19
    client, cancelled = Client(), asyncio.Event()

    async def work():
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.set()

    asyncio.get_running_loop().call_soon(client.leaving.set)
    with pytest.raises(RequestError, match="went away"):
        await run_until_disconnect(client.receive, asyncio.ensure_future(work()))
    assert await settled() == 1
    assert cancelled.is_set()


async def test_the_result_is_returned_to_a_client_that_stays():
    """A finished work's result comes through, and the watch over the client ends."""
    work = asyncio.ensure_future(asyncio.sleep(0, "result"))
    result = await run_until_disconnect(Client().receive, work)
    assert (result, await settled()) == ("result", 1)


async def test_the_error_of_the_work_comes_through():
    """What the work raises is raised."""

    async def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        await run_until_disconnect(Client().receive, asyncio.ensure_future(work()))


async def test_a_finished_work_beats_a_leaving_client():
    """When both happen at once the result is not thrown away."""
    client = Client()
    client.leaving.set()
    done = asyncio.Event()

    async def work():
        done.set()
        return "result"

    assert await run_until_disconnect(client.receive, asyncio.ensure_future(work())) == "result"


async def test_a_cancelled_request_cancels_its_work():
    """A server that cancels the request's task cancels the work as well."""  # F-19
    request = asyncio.ensure_future(
        run_until_disconnect(Client().receive, asyncio.ensure_future(asyncio.sleep(3600)))
    )
    await settled()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert await settled() == 1


@pytest.mark.parametrize("message", [{"type": "http.request", "body": b""}, RuntimeError("asked twice")])
async def test_a_strange_middleware_is_not_taken_for_a_disconnect(message):
    """A receive that answers otherwise, or cannot be asked again, says nothing of the client."""

    async def receive():
        if isinstance(message, Exception):
            raise message
        return message

    assert await run_until_disconnect(receive, asyncio.ensure_future(asyncio.sleep(0, "result"))) == "result"
