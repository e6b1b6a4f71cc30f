"""Clients that go away: what they wait for is given up, so that a queue holds only who is there."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from jwt_auth_asgi.asgi import Receive
from jwt_auth_asgi.errors import RequestError

T = TypeVar("T")


async def run_until_disconnect(receive: Receive, work: asyncio.Future[T]) -> T:
    """Return the work's result; cancel the work when the client disconnects first (F-19).

    The request's body must have been read. Worth its task only for work that is long or queues: a
    password hash.

    Raises:
        RequestError: the client went away; nobody reads the answer.
    """
    watching = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait((work, watching), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise RequestError("the client went away")
    finally:
        work.cancel()
        watching.cancel()


async def _disconnected(receive: Receive) -> None:
    try:
        message = await receive()
    except Exception:  # noqa: BLE001 - a middleware that cannot be asked twice: nothing is known
        message = {"type": "unknown"}
    if message["type"] != "http.disconnect":
        await asyncio.get_running_loop().create_future()  # never done: the work alone ends the waiting
