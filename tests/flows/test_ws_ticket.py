"""Websocket tickets as use cases, in both storage worlds."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import StoreUnavailableError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.flows.tickets import RedeemWsTickets
from jwt_auth_core.one_time import WS_TICKET


@pytest.fixture
def claims(world):
    """Return the claims of somebody who has logged in."""
    world.register()
    return world.auth.tokens.verify(world.login().access_token)


def issue(world, claims):
    """Return a ticket's text."""
    return world.auth.issue_ws_ticket(claims).ticket.reveal()


def test_a_ticket_stands_for_its_claims_once(world, claims):
    """User, session, scopes and deadline are those of the access token."""
    ticket = world.auth.issue_ws_ticket(claims)
    first, second = world.auth.redeem_ws_tickets([ticket.ticket.reveal()] * 2)
    assert (first, ticket.expires_in) == (claims, 30)
    assert isinstance(second, TokenInvalidError)


def test_a_batch_answers_each_of_its_tickets(world, claims):
    """Unknown and misspelt ones fail alone."""
    texts = [issue(world, claims), "x.y.z", "ticket." + "A" * 43, issue(world, claims)]
    answers = world.auth.redeem_ws_tickets(texts)
    assert [answers[0], answers[3]] == [claims, claims]
    assert [type(answer) for answer in answers[1:3]] == [TokenInvalidError] * 2
    assert world.auth.redeem_ws_tickets(["x.y.z"])[0].reason == "it is no ticket"


def test_a_ticket_does_not_outlive_its_token(world, claims):
    """Neither at its making nor at its redeeming."""
    world.now = claims.expires_at - 10
    ticket = world.auth.issue_ws_ticket(claims)
    assert ticket.expires_in == 10
    world.now = claims.expires_at
    (answer,) = world.auth.redeem_ws_tickets([ticket.ticket.reveal()])
    assert isinstance(answer, TokenExpiredError | TokenInvalidError)
    with pytest.raises(TokenExpiredError):
        world.auth.issue_ws_ticket(claims)


def test_a_store_that_answers_in_part_fails_in_part(world, claims):
    """A cluster with one node down: its tickets are unavailable, the others good; kept claims expire, too."""

    class Halved:
        def keep(self, digest, text, *, seconds):
            raise NotImplementedError

        def redeem(self, digests):
            (text,) = world.stores.one_time.redeem([WS_TICKET.digest_of(issue(world, claims))])
            return [StoreUnavailableError("redis"), text][: len(digests)]

    redeem = RedeemWsTickets(Halved(), lambda: world.now)
    down, good = redeem(["ticket." + "A" * 43, "ticket." + "B" * 43])
    assert (type(down), good) == (StoreUnavailableError, claims)
    late = RedeemWsTickets(Halved(), lambda: claims.expires_at)
    assert isinstance(late(["ticket." + "A" * 43, "ticket." + "B" * 43])[1], TokenExpiredError)
