"""Open websockets live as long as their token: expiry, revocation, and what either side is told."""

from __future__ import annotations

import asyncio
import time

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.asgi.conftest import NOW, SECRET
from tests.websockets.peer import CLOSED, EXPIRED, Socket, kept, look, opened


async def test_an_expired_token_closes_its_websocket(app, echo, token, clock):
    """The client gets the close, the application that waits a disconnect of the same code; it returns."""
    socket = await opened(app, token)
    clock.now = NOW + 899
    look(app)
    socket.say("still here")
    assert (await socket.next())["text"] == "still here"
    clock.now = NOW + 900
    look(app)
    assert await socket.next() == CLOSED
    assert await socket.over() is None
    assert socket.task.cancelling() == 0
    assert echo.ends == [{"type": "websocket.disconnect", **EXPIRED}]


async def test_the_timer_needs_nobody_to_call_it(echo):
    """A token of one second, and nothing but time."""
    tokens = AccessTokens(KeyRing.from_secret(SECRET), ttl_seconds=1)
    app = BearerMiddleware(echo, tokens)

    socket = await opened(app, tokens.issue(subject="42"))
    until = time.time()
    assert await socket.next() == CLOSED
    await socket.over()
    assert 0 < time.time() - until < 3
    assert len(asyncio.all_tasks()) == 1
    assert kept(app) == 0


async def test_a_close_of_another_subprotocol_is_private(tokens, token, clock):
    """Its clients know the codes of their own protocol; 4401 is what those say."""

    async def choosing(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        await receive()

    app = BearerMiddleware(choosing, tokens)

    socket = await opened(app, token, offered=f"bearer, {token}, graphql-transport-ws")
    clock.now = NOW + 900
    look(app)
    assert (await socket.next())["code"] == 4401
    await socket.over()


async def test_a_websocket_that_is_accepted_too_late_is_closed_at_once(tokens, token, clock):
    """Nothing is closed before the accept, whatever the time."""

    async def slow(scope, receive, send):
        clock.now = NOW + 901
        await receive()
        await send({"type": "websocket.accept"})
        assert (await receive())["code"] == 3000

    socket = await opened(BearerMiddleware(slow, tokens), token)
    assert await socket.next() == CLOSED
    await socket.over()


async def test_anonymous_websockets_are_let_alone(app, clock):
    """They have no deadline."""
    socket = await opened(app)
    clock.now = NOW + 100_000
    look(app)
    socket.say("hello")
    assert (await socket.next())["text"] == "hello"
    assert kept(app) == 0
    socket.hang_up()
    await socket.over()


@pytest.mark.parametrize("ending", ["close", "refuse", "http"])
async def test_an_application_may_close_by_itself(tokens, token, clock, ending):
    """Before or after the accept; nothing is closed a second time."""

    async def closing(scope, receive, send):
        await receive()
        if ending == "http":
            await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b""})
            return
        if ending == "close":
            await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4000})
        clock.now = NOW + 900
        look(app)

    app = BearerMiddleware(closing, tokens)

    expected = {
        "close": ["accept", "close"],
        "refuse": ["close"],
        "http": ["http.response.start", "http.response.body"],
    }
    socket = Socket(app, token)
    await socket.over()
    assert [message["type"].removeprefix("websocket.") for message in socket.sent] == expected[ending]
    assert kept(app) == 0


async def test_a_clock_that_is_set_back_gives_nobody_time(app, token, clock, monkeypatch):
    """Ten minutes before its end the clock is set back by an hour: it ends when those ten are over."""
    now = [5000.0]
    monkeypatch.setattr("jwt_auth_asgi.websockets.expiry_timer.time.monotonic", lambda: now[0])

    socket = await opened(app, token)
    await opened(app, token)
    now[0] += 300
    clock.now = NOW + 300 - 3600
    look(app)
    assert kept(app) == 2
    now[0], clock.now = now[0] + 599, clock.now + 599
    look(app)
    assert kept(app) == 2
    now[0], clock.now = now[0] + 1, clock.now + 1
    look(app)
    assert await socket.next() == CLOSED


async def test_a_clock_that_is_set_forward_ends_what_is_over(app, token, clock, monkeypatch):
    """After a suspension, too, during which the loop's own clock may have stood still."""
    monkeypatch.setattr("jwt_auth_asgi.websockets.expiry_timer.time.monotonic", lambda: 5000.0)

    socket = await opened(app, token)
    clock.now = NOW + 7200
    look(app)
    assert await socket.next() == CLOSED
