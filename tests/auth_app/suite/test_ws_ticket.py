"""POST /auth/ws-ticket: with an access token a ticket, with that a websocket, once."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.asgi.conftest import Spy
from tests.asgi.drive import refusal, shake
from tests.auth_app.suite.client import Client, problem
from tests.auth_app.world import broken


@pytest.fixture
def headers(ada):
    """Return the header that carries Ada's access token."""
    return {"authorization": f"Bearer {ada.login().json()['access_token']}"}


def ask(client, headers):
    """Ask for a ticket."""
    answer = client.post("/auth/ws-ticket", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def open_with(world, ticket):
    """Open a websocket of an application behind the middleware; return what it was told, and its caller."""
    spy = Spy()
    sent = shake(BearerMiddleware(spy, world.auth), "/chat", offered=f"bearer, {ticket}")
    return sent, spy.scopes[0]["user"] if spy.scopes else None


def test_a_ticket_opens_one_websocket(ada, headers, world):
    """As the caller that asked for it; the second time it is a 401."""
    # ASGI-03
    told = ask(ada, headers)
    assert (set(told), told["expires_in"]) == ({"ticket", "expires_in"}, 30)
    sent, user = open_with(world, told["ticket"])
    assert sent == [{"type": "websocket.accept", "subprotocol": "bearer"}]
    assert user.identity == ada.get("/auth/me", headers=headers).json()["user_id"]
    assert refusal(open_with(world, told["ticket"])[0]).status == 401


def test_nobody_else_gets_one(ada, headers, world):
    """Without a token, with a bad or an expired one, and never for the cookie alone."""
    assert ada.cookies
    for asked in ({}, {"authorization": "Bearer x.y.z"}):
        assert problem(ada.post("/auth/ws-ticket", headers=asked))[0] == 401
    world.now += 900
    assert problem(ada.post("/auth/ws-ticket", headers=headers)) == (401, "token_expired")


def test_it_dies_with_the_session(ada, headers, world):
    """Logged out before the ticket was used: no websocket."""
    # RF-11
    ticket = ask(ada, headers)["ticket"]
    ada.logout()
    assert refusal(open_with(world, ticket)[0]).status == 401


def test_it_ends_with_the_token(ada, headers, world):
    """A token of ten more seconds makes a ticket of ten."""
    world.now = world.auth.tokens.verify(headers["authorization"].split()[1]).expires_at - 10
    assert ask(ada, headers)["expires_in"] == 10


def test_without_the_store_it_is_a_503(app_factory, ada, headers, world):
    """At the asking and at the opening."""
    client = Client(app_factory(broken(world.auth, "issue_ws_ticket")))
    assert problem(client.post("/auth/ws-ticket", headers=headers)) == (503, "store_unavailable")
    ticket = ask(ada, headers)["ticket"]
    app = BearerMiddleware(Spy(), broken(world.auth, "redeem_ws_tickets"))
    answer = refusal(shake(app, "/chat", offered=f"bearer, {ticket}"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
