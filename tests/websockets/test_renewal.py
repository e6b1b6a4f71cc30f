"""`renew`: a fresh token of the same session moves a websocket's deadline, and nothing else does."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jwt_auth_asgi import renew
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.identity.identity import KEY
from jwt_auth_core.errors import StoreUnavailableError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.revocations import MemoryFeed, Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.vocabulary import Secret
from tests.asgi.conftest import NOW, SECRET
from tests.asgi.drive import call, http_scope
from tests.identity.test_revocation_check import Bundle
from tests.websockets.peer import kept, look, opened


def fresh(tokens, *, subject="42", session_id: str | None = "5e55", **more):
    """Return a token that was just issued."""
    return tokens.issue(subject=subject, session_id=session_id, **more)


def is_open(socket):
    """Tell whether the client has not been sent a close."""
    return [message["type"] for message in socket.sent] == []


async def test_a_fresh_token_moves_the_deadline(app, echo, tokens, token, clock):
    """To the end of its own life; the caller in the scope is the token's from then on."""
    socket = await opened(app, token)
    clock.now = NOW + 600
    user = await renew(echo.scopes[0], fresh(tokens, scopes={"topics:write"}))
    assert user is echo.scopes[0]["user"] is echo.scopes[0]["auth"] is echo.scopes[0][KEY]
    assert (user.identity, user.scopes) == ("42", ["topics:write"])
    clock.now = NOW + 1499
    look(app)
    assert is_open(socket)
    clock.now = NOW + 1500
    look(app)
    assert (await socket.next())["reason"] == "access token expired"
    assert kept(app) == 0


@pytest.mark.parametrize(
    "of",
    [
        {"session_id": "07e4"},
        {"session_id": None},
        {"subject": "43"},
        {"subject": "43", "session_id": "07e4"},
        {"actors": ["agent"]},
    ],
)
async def test_a_token_of_another_party_moves_nothing(app, echo, tokens, clock, of):
    """Neither another session of the user, another user nor who acts for it: deadline and caller stay."""
    socket = await opened(app, fresh(tokens))
    before = echo.scopes[0]["user"]
    clock.now = NOW + 600
    with pytest.raises(TokenInvalidError, match="another session, user or actor"):
        await renew(echo.scopes[0], fresh(tokens, **of))
    assert echo.scopes[0]["user"] is before
    clock.now = NOW + 900
    look(app)
    assert (await socket.next())["type"] == "websocket.close"


async def test_an_expired_or_forged_token_moves_nothing(app, echo, tokens, expired, clock):
    """What no handshake would take, no renewal takes."""
    stranger = AccessTokens(KeyRing.from_secret(SECRET + "!"), clock=clock)

    socket = await opened(app, fresh(tokens))
    with pytest.raises(TokenExpiredError):
        await renew(echo.scopes[0], expired)
    for bad in (fresh(stranger), "x.y.z", "", fresh(tokens)[:-1]):
        with pytest.raises(TokenInvalidError):
            await renew(echo.scopes[0], bad)
    clock.now = NOW + 900
    look(app)
    assert (await socket.next())["type"] == "websocket.close"


async def test_tokens_without_a_session_renew_by_their_subject(app, echo, tokens, clock):
    """Where no session is named, there is none to differ."""
    socket = await opened(app, fresh(tokens, session_id=None))
    clock.now = NOW + 600
    await renew(echo.scopes[0], fresh(tokens, session_id=None))
    clock.now = NOW + 1000
    look(app)
    assert is_open(socket)


async def test_there_has_to_be_an_open_websocket_of_somebody(app, echo, tokens, token):
    """Not an anonymous one, not one that is over, not a request; and what a server presets is no door."""
    socket = await opened(app, token)
    socket.hang_up()
    await socket.over()
    with pytest.raises(TokenInvalidError, match="closed"):
        await renew(echo.scopes[0], fresh(tokens))
    held = echo.scopes[0]["jwt_auth.socket"]
    await opened(app, **{"jwt_auth.socket": held})
    for scope in (echo.scopes[1], {"type": "websocket"}):
        with pytest.raises(TokenInvalidError, match="no authenticated websocket"):
            await renew(scope, fresh(tokens))
    assert kept(app) == 0


def test_a_request_has_nothing_to_renew(spy, tokens, token):
    """Its token is its own, each time."""
    call(BearerMiddleware(spy, tokens), http_scope(), [{"type": "http.request"}])
    with pytest.raises(TokenInvalidError):
        asyncio.run(renew(spy.scope, token))


async def test_it_may_be_renewed_before_the_accept(tokens, token, clock):
    """An application may ask for a fresh token first; the deadline counts from the accept."""
    renewed = fresh(tokens, now=NOW + 60)

    async def asking(scope, receive, send):
        await receive()
        await renew(scope, renewed)
        await send({"type": "websocket.accept"})
        await receive()

    app = BearerMiddleware(asking, tokens)
    clock.now = NOW + 30

    socket = await opened(app, token)
    clock.now = NOW + 959
    look(app)
    assert is_open(socket)


async def test_it_may_be_renewed_from_another_loop(app, echo, tokens, token, clock):
    """A framework that runs handlers in threads: the websocket's own loop does the work."""
    socket = await opened(app, token)
    clock.now = NOW + 600
    asked = fresh(tokens)
    thread = threading.Thread(target=lambda: asyncio.run(renew(echo.scopes[0], asked)))
    thread.start()
    await asyncio.to_thread(thread.join, 10)
    clock.now = NOW + 1000
    look(app)
    assert is_open(socket)


@pytest.fixture
def auth(tokens, clock):
    """Return a bundle that asks its stores."""
    feed = MemoryFeed(keep_seconds=1020)
    revocations = Revocations(feed, feed, clock=clock, token_seconds=900)
    yield Bundle(tokens, Settings(jwt_key=Secret(SECRET), revocation_check="always"), revocations)
    revocations.close()


async def test_always_asks_the_stores_for_a_renewal(auth, echo, tokens, token):
    """As for a handshake: a store that is down renews nobody."""
    # RF-16
    app = BearerMiddleware(echo, auth)

    socket = await opened(app, token)
    await renew(echo.scopes[0], fresh(tokens))
    auth.answer = StoreUnavailableError("redis")
    with pytest.raises(StoreUnavailableError):
        await renew(echo.scopes[0], fresh(tokens))
    auth.answer = TokenInvalidError("revoked")
    with pytest.raises(TokenInvalidError):
        await renew(echo.scopes[0], fresh(tokens))
    assert is_open(socket)
    assert auth.asked == ["5e55"] * 4


async def test_a_revoked_session_is_not_renewed(echo, tokens, token, clock):
    """A refresh token may still have been good for one more access token, this socket is over."""
    feed = MemoryFeed(keep_seconds=1020)
    revocations = Revocations(feed, feed, clock=clock, token_seconds=900)
    app = BearerMiddleware(echo, Bundle(tokens, Settings(jwt_key=Secret(SECRET)), revocations))

    socket = await opened(app, token)
    revocations.revoke_session("5e55")
    with pytest.raises(TokenInvalidError, match="revoked"):
        await renew(echo.scopes[0], fresh(tokens))
    assert (await socket.next())["reason"] == "session ended"
    revocations.close()


async def test_a_cut_off_counts_from_the_renewed_token(echo, tokens, token, clock):
    """A token that was issued after the cut-off carries the websocket over it."""
    feed = MemoryFeed(keep_seconds=1020)
    revocations = Revocations(feed, feed, clock=clock, token_seconds=900)
    app = BearerMiddleware(echo, Bundle(tokens, Settings(jwt_key=Secret(SECRET)), revocations))

    socket = await opened(app, token)
    clock.now = NOW + 10
    await renew(echo.scopes[0], fresh(tokens))
    revocations.revoke_user("42", before=NOW + 5)
    await asyncio.sleep(0.01)  # for what should not come
    assert is_open(socket)
    revocations.revoke_user("42", before=NOW + 11)
    assert (await socket.next())["reason"] == "session ended"
    revocations.close()
