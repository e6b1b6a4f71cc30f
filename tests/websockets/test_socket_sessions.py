"""Open websockets end with their session: in their loop, from any thread, and leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.revocations import MemoryFeed, Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.actors import Actor
from jwt_auth_core.vocabulary import Secret
from tests.asgi.conftest import NOW, SECRET
from tests.identity.test_revocation_check import Bundle
from tests.websockets.peer import Echo, Socket, kept, look, opened

REVOKED = {"code": 3000, "reason": "session ended"}


@pytest.fixture
def echo():
    """Return an application that repeats what it is told."""
    return Echo()


@pytest.fixture
def bundle(tokens, clock):
    """Return what makes a bundle by settings; its revocations are closed afterwards."""
    made = []

    def make(**options):
        settings = Settings(jwt_key=Secret(SECRET), **options)
        feed = MemoryFeed(keep_seconds=1020)
        made.append(Revocations(feed, feed, clock=clock, token_seconds=900))
        return Bundle(tokens, settings, made[-1])

    yield make
    for revocations in made:
        revocations.close()


async def test_a_revoked_session_closes_its_websockets_alone(echo, bundle, tokens):
    """Those of another session of the same user go on, and a refresh of either kicks nobody."""
    # RF-11
    auth = bundle()
    app = BearerMiddleware(echo, auth)

    first, again, other = [
        await opened(app, tokens.issue(subject="42", session_id=sid)) for sid in ("5e55", "5e55", "07e4")
    ]
    tokens.issue(subject="42", session_id="5e55")  # a refresh: nothing of the websockets' changes
    await asyncio.to_thread(auth.revocations.revoke_session, "5e55")
    assert await first.next() == await again.next() == {"type": "websocket.close", **REVOKED}
    other.say("still here")
    assert (await other.next())["text"] == "still here"
    other.hang_up()
    await other.over()
    assert [end["code"] for end in echo.ends] == [3000, 3000, 1001]
    assert kept(app) == 0


async def test_a_client_that_ends_loses_the_websockets_that_it_opened_for_users(echo, bundle, tokens):
    """Whoever acted before as well; those of the users themselves go on."""
    # RF-11
    auth = bundle()
    app = BearerMiddleware(echo, auth)
    chain = (Actor("second", "a2"), Actor("first", "a1"))
    acting = [
        await opened(app, tokens.issue(subject="42", session_id="5e55", actors=chain[at:])) for at in (0, 1)
    ]
    own = await opened(app, tokens.issue(subject="42", session_id="5e55"))
    await asyncio.to_thread(auth.revocations.revoke_session, "a1")
    for socket in acting:
        assert (await socket.next())["reason"] == "session ended"
    own.say("still here")
    assert (await own.next())["text"] == "still here"
    own.hang_up()
    await own.over()
    assert kept(app) == 0


async def test_a_user_who_is_cut_off_acts_for_nobody(echo, bundle, tokens):
    """The websockets that were opened before end, those of the user acted for go on."""
    auth = bundle()
    app = BearerMiddleware(echo, auth)
    old = tokens.issue(subject="42", actors=[Actor("7", "a1")])
    new = tokens.issue(subject="42", actors=[Actor("7", "a1")], now=NOW + 1)
    acting, later = await opened(app, old), await opened(app, new)
    own = await opened(app, tokens.issue(subject="42"))
    await asyncio.to_thread(auth.revocations.revoke_tokens, "7", before=NOW + 1, token_version=1)
    assert (await acting.next())["reason"] == "session ended"
    for socket in (later, own):
        socket.say("still here")
        assert (await socket.next())["text"] == "still here"
        socket.hang_up()
        await socket.over()
    assert kept(app) == 0


async def test_a_cut_off_user_loses_every_websocket(echo, bundle, tokens):
    """But not one that was opened with a token from after the cut-off, nor another user's."""
    # RF-11
    auth = bundle()
    app = BearerMiddleware(echo, auth)

    old = [await opened(app, tokens.issue(subject="42", session_id=sid)) for sid in ("5e55", "07e4")]
    old.append(await opened(app, tokens.issue(subject="42")))
    new = await opened(app, tokens.issue(subject="42", session_id="17e4", now=NOW + 1))
    stranger = await opened(app, tokens.issue(subject="43", session_id="27e4"))
    auth.revocations.revoke_user("42", before=NOW + 1)
    for socket in old:
        assert (await socket.next())["reason"] == "session ended"
    for socket in (new, stranger):
        socket.say("still here")
        assert (await socket.next())["text"] == "still here"
        socket.hang_up()
    for socket in (*old, new, stranger):
        await socket.over()
    assert kept(app) == 0


async def test_what_is_revoked_between_handshake_and_accept_is_closed(bundle, token):
    """The handshake passed before the session ended; the accept came after it."""
    auth = bundle()

    async def slow(scope, receive, send):
        await receive()
        auth.revocations.revoke_session("5e55")
        await send({"type": "websocket.accept"})
        assert (await receive())["reason"] == "session ended"

    socket = await opened(BearerMiddleware(slow, auth), token)
    assert (await socket.next())["reason"] == "session ended"
    await socket.over()


@pytest.mark.parametrize(("check", "closes"), [("always", True), ("off", False)])
async def test_the_check_decides_who_hears(echo, bundle, token, check, closes):
    """``always`` asks at the handshake and hears afterwards; with ``off`` only time ends a websocket."""
    auth = bundle(revocation_check=check)
    app = BearerMiddleware(echo, auth)

    socket = await opened(app, token)
    auth.revocations.revoke_session("5e55")
    await asyncio.sleep(0.01)  # for what should not come
    socket.say("hello")
    assert (await socket.next()).get("text") == (None if closes else "hello")
    assert auth.revocations.is_started == closes


async def test_strict_closes_what_nobody_can_vouch_for(echo, bundle, token, monkeypatch):
    """While the feed is silent: 1013, so that clients come back, and a 503 until it speaks."""
    auth = bundle(revocation_policy="strict")
    app = BearerMiddleware(echo, auth)
    silent = [False]
    monkeypatch.setattr(auth.revocations, "health", lambda: {"is_silent": silent[0]})

    socket = await opened(app, token)
    look(app)
    silent[0] = True
    look(app)
    assert await socket.next() == {"type": "websocket.close", "code": 1013, "reason": "try again later"}
    await socket.over()
    assert (await Socket(app, token).next())["status"] == 503
    await opened(app)


def test_several_loops_have_connections_of_their_own(echo, bundle, token):
    """A revocation finds the websockets of each loop, in its thread; a closed loop's are forgotten."""
    auth = bundle()
    app = BearerMiddleware(echo, auth)
    asyncio.run(opened(app, token))  # a loop that was closed under an open websocket
    all_open = threading.Barrier(3)

    async def story():
        socket = await opened(app, token)
        await asyncio.to_thread(all_open.wait, 10)
        assert (await socket.next())["reason"] == "session ended"
        await socket.over()

    threads = [threading.Thread(target=asyncio.run, args=(story(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    all_open.wait(60)
    auth.revocations.revoke_session("5e55")
    for thread in threads:
        thread.join(60)
    assert (len(echo.ends), kept(app)) == (2, 0)
    assert len(app.connections.by_loop) <= 2


async def test_a_forked_child_begins_without_websockets(echo, bundle, token, monkeypatch):
    """Those it inherits are its parent's: it neither ends nor counts them."""
    # F-28
    auth = bundle()
    app = BearerMiddleware(echo, auth)

    socket = await opened(app, token)
    monkeypatch.setattr("jwt_auth_asgi.websockets.connections.os.getpid", lambda: 1)
    auth.revocations.revoke_session("5e55")
    await asyncio.sleep(0.01)  # for what should not come
    assert socket.sent == []
    await app.connections.start()
    assert len(app.connections) == 0


def test_a_forgotten_middleware_hears_no_more(echo, bundle, token):
    """The revocations do not keep it, nor its ear."""
    auth = bundle()
    asyncio.run(opened(BearerMiddleware(echo, auth), token))
    assert len(auth.revocations.revoked.listeners) == 1
    echo.scopes.clear()
    gc.collect()
    assert auth.revocations.revoked.listeners == ()


@pytest.mark.untraced
async def test_ten_thousand_websockets_leave_nothing(echo, bundle, tokens):
    """Opened and dropped, some closed by us: no task, no entry, and no memory that grows with them."""
    # ASGI-12
    auth = bundle()
    app = BearerMiddleware(echo, auth)
    issued = [tokens.issue(subject=str(n % 50), session_id=f"{n % 100:032x}") for n in range(100)]

    async def hundred():
        sockets = [await opened(app, one) for one in issued]
        for socket in sockets:
            socket.hang_up()
        await asyncio.gather(*(socket.over() for socket in sockets))
        echo.scopes.clear()
        echo.ends.clear()

    for _ in range(10):
        await hundred()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(100):
        await hundred()
    gc.collect()
    grown, tasks = sys.getallocatedblocks() - before, len(asyncio.all_tasks()) - 1
    assert (tasks, kept(app)) == (0, 0)
    assert grown < 1000  # blocks of memory: a tenth of one each
