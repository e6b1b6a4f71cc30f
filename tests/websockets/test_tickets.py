"""Tickets at the handshake: one opens one websocket, by subprotocol, for as long as its token would."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_asgi import renew
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.tickets import IssueWsTicket, RedeemWsTickets
from jwt_auth_core.one_time.memory import MemoryCodes
from jwt_auth_core.revocations import MemoryFeed, Revocations
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.asgi.conftest import NOW, SECRET
from tests.asgi.drive import bearer, get, refusal, shake
from tests.identity.test_revocation_check import Bundle
from tests.websockets.peer import Echo, look, opened


class WithTickets(Bundle):
    """A bundle that redeems tickets."""

    def redeem_ws_tickets(self, texts):
        """Redeem, in whichever thread."""
        self.threads.append(threading.current_thread().name)
        return self.redeem(texts)


@pytest.fixture
def auth(tokens, clock):
    """Return a bundle with tickets in memory."""
    feed = MemoryFeed(keep_seconds=1020)
    revocations = Revocations(feed, feed, clock=clock, token_seconds=900)
    made = WithTickets(tokens, Settings(jwt_key=Secret(SECRET)), revocations)
    store = MemoryCodes(clock=clock)
    made.issue, made.redeem, made.threads = IssueWsTicket(store, clock), RedeemWsTickets(store, clock), []
    yield made
    revocations.close()


@pytest.fixture
def ticket(auth, tokens, token):
    """Return a ticket that was made from the token."""
    return auth.issue(tokens.verify(token)).ticket.reveal()


def test_a_ticket_opens_a_websocket_once(spy, auth, ticket):
    """The caller is the token's; the application sees nothing of the ticket; "bearer" is confirmed."""
    # ASGI-03
    app = BearerMiddleware(spy, auth)
    assert shake(app, offered=f"bearer, {ticket}") == [{"type": "websocket.accept", "subprotocol": "bearer"}]
    assert (spy.scope["user"].identity, spy.scope["user"].session_id) == ("42", "5e55")
    assert ticket not in repr([spy.scope["headers"], spy.scope["subprotocols"]])
    answer = refusal(shake(app, offered=f"bearer, {ticket}"))
    assert (answer.status, answer.json["code"]) == (401, "token_invalid")


def test_other_subprotocols_stay(spy, auth, ticket):
    """As beside an access token."""
    shake(BearerMiddleware(spy, auth), offered=f"chat.v2, bearer, {ticket}")
    assert spy.scope["subprotocols"] == ["chat.v2"]


def test_the_store_is_asked_in_a_thread(spy, auth, ticket):
    """Never in the event loop, and never for an access token or a ticket of another form."""
    app = BearerMiddleware(spy, auth)
    shake(app, offered=f"bearer, {ticket}")
    assert [name.startswith("jwt-auth-ticket") for name in auth.threads] == [True]
    assert refusal(shake(app, offered="bearer, ticket.x.y")).status == 401


def test_a_ticket_is_no_access_token(spy, auth, ticket):
    """Not in the header, of a request or a websocket; there it is not spent either."""
    app = BearerMiddleware(spy, auth)
    assert get(app, "/", bearer(ticket)).status == 401
    assert refusal(shake(app, "/", bearer(ticket))).status == 401
    assert refusal(shake(app, "/", bearer("x"), offered=f"bearer, {ticket}")).status == 400
    assert shake(app, offered=f"bearer, {ticket}")[0]["type"] == "websocket.accept"


def test_a_ticket_is_too_old_after_thirty_seconds(spy, auth, ticket, clock):
    """Not before."""
    clock.now = NOW + 30
    assert refusal(shake(BearerMiddleware(spy, auth), offered=f"bearer, {ticket}")).status == 401


async def test_the_websocket_has_the_deadline_of_the_token(auth, ticket, clock, tokens):
    """Until then, or until the session ends; and it can be renewed."""
    echo = Echo()
    app = BearerMiddleware(echo, auth)

    socket = await opened(app, offered=f"bearer, {ticket}")
    clock.now = NOW + 600
    await renew(echo.scopes[0], tokens.issue(subject="42", session_id="5e55"))
    clock.now = NOW + 1499
    look(app)
    assert socket.sent == []
    clock.now = NOW + 1500
    look(app)
    assert (await socket.next())["reason"] == "access token expired"


def test_a_ticket_of_an_ended_session_opens_nothing(spy, auth, ticket):
    """It is looked up like a token."""
    # RF-11
    auth.revocations.revoke_session("5e55")
    assert refusal(shake(BearerMiddleware(spy, auth), offered=f"bearer, {ticket}")).status == 401
    assert spy.scopes == []


def test_always_asks_for_tickets_too(spy, auth, ticket):
    """The session behind it."""
    # RF-16
    shake(BearerMiddleware(spy, auth, check="always"), offered=f"bearer, {ticket}")
    assert auth.asked == ["5e55"]


def test_without_the_store_it_is_a_503(spy, auth, ticket):
    """Nobody knows: refused before the accept, with a word when to come again."""

    def down(_texts):
        raise StoreUnavailableError("redis")

    auth.redeem = down
    answer = refusal(shake(BearerMiddleware(spy, auth), offered=f"bearer, {ticket}"))
    assert (answer.status, answer.headers["retry-after"], spy.scopes) == (503, "1", [])


def test_access_tokens_alone_know_no_tickets(spy, tokens):
    """There is nobody to ask: a bad token like any other."""
    offered = "bearer, ticket." + "A" * 43
    answer = refusal(shake(BearerMiddleware(spy, tokens), offered=offered))
    assert (answer.status, answer.json["code"]) == (401, "token_invalid")
