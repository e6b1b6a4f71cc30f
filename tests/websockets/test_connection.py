"""However an application is caught by the end of its websocket, it is told as an ordinary disconnect is."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.websockets import connection as connections
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.asgi.conftest import NOW, SECRET
from tests.websockets.peer import CLOSED, EXPIRED, Socket, kept, look, opened


@pytest.mark.parametrize(("version", "sends_on"), [("2.4", False), ("2.3", True), (None, True)])
async def test_an_application_that_only_sends_is_told_as_servers_tell_it(
    tokens, token, clock, version, sends_on
):
    """By ASGI 2.4 a send raises an OSError that the server swallows; before, it went nowhere."""
    sent = []

    async def ticker(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        for number in range(10):
            await send({"type": "websocket.send", "text": str(number)})
            sent.append(number)
            if number == 4:
                clock.now = NOW + 900
                look(app)
        await send({"type": "websocket.close"})

    app = BearerMiddleware(ticker, tokens)

    asgi = {"version": "3.0"} if version is None else {"version": "3.0", "spec_version": version}
    socket = await opened(app, token, asgi=asgi)
    await socket.over()
    assert [message.get("text") for message in socket.sent[:5]] == list("01234")
    assert socket.sent[5:] == [CLOSED]
    assert sent == list(range(10 if sends_on else 5))


async def test_an_application_that_is_blocked_in_send_is_woken(tokens, token, clock):
    """A client that reads nothing holds nobody beyond the deadline."""
    seen = []

    async def sender(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await send({"type": "websocket.send", "text": "into a full pipe"})
        except OSError as error:
            seen.append(str(error))
            raise

    app = BearerMiddleware(sender, tokens)

    socket = Socket(app, token)
    socket.flowing.clear()
    await socket.next()
    clock.now = NOW + 900
    look(app)
    assert await socket.next() == CLOSED
    await socket.over()
    assert seen == ["access token expired"]


async def test_a_busy_application_hears_of_it_when_it_asks(tokens, token, clock):
    """What the client said after the end is not delivered, and every receive says the same."""
    busy = asyncio.Event()
    seen = []

    async def worker(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        await busy.wait()
        seen.extend([await receive(), await receive()])

    app = BearerMiddleware(worker, tokens)

    socket = await opened(app, token)
    clock.now = NOW + 900
    look(app)
    look(app)
    assert await socket.next() == CLOSED
    socket.say("too late")
    busy.set()
    await socket.over()
    assert socket.sent == []
    assert seen == [{"type": "websocket.disconnect", **EXPIRED}] * 2


async def test_a_cancelled_application_stays_cancelled(app, token, clock):
    """Who is cancelled from outside at the same moment is cancelled, not merely disconnected."""

    def app_token():
        return AccessTokens(KeyRing.from_secret(SECRET)).issue(subject="42", now=clock.now)

    socket = await opened(app, token)
    await asyncio.sleep(0)
    clock.now = NOW + 900
    look(app)
    socket.task.cancel("by the server")
    with pytest.raises(asyncio.CancelledError):
        await socket.task
    other = await opened(app, app_token())
    other.task.cancel("by the server")
    look(app)
    with pytest.raises(asyncio.CancelledError):
        await other.task
    assert kept(app) == 0


async def test_a_timeout_of_the_application_goes_on_working(tokens, token, clock):
    """Our way of waking it is that of `asyncio.timeout`, and both know their own."""
    seen = []

    async def impatient(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await receive()
        async with asyncio.timeout(10):
            seen.append(await receive())

    app = BearerMiddleware(impatient, tokens)

    socket = await opened(app, token)
    await asyncio.sleep(0.05)  # the application's own timeout is by the loop's clock
    clock.now = NOW + 900
    look(app)
    await socket.over()
    assert seen == [{"type": "websocket.disconnect", **EXPIRED}]


async def test_a_server_that_swallows_the_interruption_is_no_trouble(app, echo, token, clock):
    """A receive that returns a message in spite of it: the message is dropped, the task is whole."""

    async def stubborn(receive):
        try:
            return await receive()
        except asyncio.CancelledError:
            return {"type": "websocket.receive", "text": "never mind"}

    async def wrapped(scope, receive, send):
        await app(scope, lambda: stubborn(receive), send)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    socket = await opened(wrapped, token)
    await asyncio.sleep(0)
    clock.now = NOW + 900
    look(app)
    await socket.over()
    assert [end["type"] for end in echo.ends] == ["websocket.disconnect"]


async def test_a_client_that_does_not_take_the_close_holds_nobody(app, token, clock, monkeypatch):
    """The application's return waits for the close, but not for ever; a server's error is no matter."""
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 0.01)

    async def _gone():
        raise RuntimeError("closed already")

    async def _deaf(failing, scope, receive, send):
        async def send_but_close(message):
            await (failing() if message["type"] == "websocket.close" else send(message))

        await app(scope, receive, send_but_close)

    for failing in (asyncio.Event().wait, _gone):
        socket = Socket(partial(_deaf, failing), token)
        await socket.next()
        clock.now = NOW + 900
        look(app)
        await socket.over()
        assert socket.sent == []
        clock.now = NOW


async def test_errors_of_the_application_pass(tokens, token):
    """Its exceptions are the server's, and the connection is forgotten."""

    # ASGI-12
    async def broken(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        raise KeyError("its own")

    app = BearerMiddleware(broken, tokens)

    socket = await opened(app, token)
    with pytest.raises(KeyError, match="its own"):
        await socket.over()
    assert kept(app) == 0
