"""Websockets by cookie: of our own origin alone, with fresh cookies, and over with the token."""

from __future__ import annotations

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.asgi.drive import call, refusal, websocket_scope
from tests.auth_app.world import broken
from tests.browser_sessions.browser import ACCESS, REFRESH
from tests.browser_sessions.test_exchange import superseded
from tests.websockets.peer import CLOSED, Echo, Socket, look

OWN = "https://app.example"


@pytest.fixture
def echo():
    """Return an application of websockets."""
    return Echo()


@pytest.fixture
def app(echo, world):
    """Return it behind the middleware."""
    return BearerMiddleware(echo, world.auth, cookies=True)


def handshake(browser, origin=OWN, **more):
    """Return the scope of a handshake that a page of an origin begins."""
    pairs = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    headers = [(b"cookie", pairs.encode()), (b"host", b"app.example")]
    headers += [(b"origin", origin.encode())] if origin else []
    return {**websocket_scope("/", scheme="wss", **more), "headers": headers}


def shaken(app, scope):
    """Open a websocket; return what the client gets."""
    return call(app, scope, [{"type": "websocket.connect"}])


def test_the_cookie_names_the_caller(app, echo, browser):
    """A page of ours needs no ticket and no token."""
    # ASGI-03
    assert shaken(app, handshake(browser)) == [{"type": "websocket.accept"}]
    assert echo.scopes[0]["user"].identity == browser.user_id


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://app.example"])
@pytest.mark.parametrize("is_over", [False, True])
def test_a_page_from_elsewhere_is_refused(app, echo, browser, origin, is_over):
    """403 before it is accepted, whatever Fetch Metadata say; a browser always sends its Origin."""
    # ASGI-03, CK-04
    if is_over:
        browser.expire()
    scope = handshake(browser, origin)
    scope["headers"].append((b"sec-fetch-site", b"same-origin"))
    answer = refusal(shaken(app, scope))
    assert (answer.status, answer.json["code"]) == (403, "cross_site")
    assert echo.scopes == []


def test_the_accept_brings_fresh_cookies(app, echo, browser):
    """A login that is over is renewed before the application runs."""
    browser.expire()
    (accept,) = shaken(app, handshake(browser))
    found = [value.partition(b"=")[0].decode() for name, value in accept["headers"] if name == b"set-cookie"]
    assert sorted(found) == [ACCESS, REFRESH]
    assert echo.scopes[0]["user"].identity == browser.user_id


def test_a_refusal_of_the_application_brings_them_too(world, browser):
    """Whatever it answers in the place of an accept."""

    async def refusing(_scope, receive, send):
        await receive()
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})

    browser.expire()
    start, _body = shaken(BearerMiddleware(refusing, world.auth, cookies=True), handshake(browser))
    assert (b"cache-control", b"private, no-store") in start["headers"]
    assert [name for name, _ in start["headers"]].count(b"set-cookie") == 2


def test_a_superseded_token_is_refused(app, browser):
    """409: a handshake follows no redirect; the page opens it again."""
    superseded(browser)
    answer = refusal(shaken(app, handshake(browser)))
    assert (answer.status, answer.json["code"]) == (409, "refresh_superseded")


def test_a_store_that_is_down_refuses(echo, browser):
    """503, as on any request."""
    browser.expire()
    app = BearerMiddleware(echo, broken(browser.world.auth, "refresh"), cookies=True)
    assert refusal(shaken(app, handshake(browser))).status == 503


def test_cookies_of_no_use_are_nobodys(app, echo, browser):
    """The application decides about whoever is anonymous, and the accept takes the cookies away."""
    browser.jar = {REFRESH: "x"}
    (accept,) = shaken(app, handshake(browser))
    assert echo.scopes[0]["user"].is_authenticated is False
    assert [name for name, _ in accept["headers"]].count(b"set-cookie") == 2


def test_a_subprotocol_wins(app, echo, browser):
    """A token that the page names itself goes before the cookie, from wherever the page is."""
    token = browser.world.auth.tokens.issue(subject="42")
    scope = websocket_scope("/", handshake(browser, None)["headers"], f"bearer, {token}")
    shaken(app, scope)
    assert echo.scopes[0]["user"].identity == "42"


async def test_it_is_closed_with_the_tokens_end(app, echo, browser):
    """An accepted one is over when the token of the cookie is, as by any other token."""
    peer = _opened(app, handshake(browser))
    assert (await peer.next())["type"] == "websocket.accept"
    browser.world.now += 901
    look(app)
    assert await peer.next() == CLOSED
    await peer.over()
    assert echo.ends[-1]["reason"] == "access token expired"


def _opened(app, scope):
    """Open a websocket of a scope of its own."""

    def other(_scope, receive, send):
        return app(scope, receive, send)

    return Socket(other)
