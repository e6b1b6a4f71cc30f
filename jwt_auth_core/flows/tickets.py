"""Websocket tickets: a caller's claims, kept for half a minute and handed out once.

For browsers, which cannot set headers on a websocket and whose access token is better off nowhere
else. Whoever redeems a ticket is the caller, until the access token that it was made from expires.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar

from jwt_auth_core.errors import AuthError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.one_time.code import WS_TICKET, CodeStore, Redeemed
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims_text
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Clock, Secret


@dataclass(frozen=True, slots=True)
class WsTicket:
    """A ticket, and how many seconds it is good for."""

    ticket: Secret
    expires_in: int


@dataclass(frozen=True, slots=True)
class IssueWsTicket:
    """Makes a ticket of a verified token; its digest alone is kept."""

    executor: ClassVar = Executor.STORE

    tickets: CodeStore
    clock: Clock

    def __call__(self, claims: Claims) -> WsTicket:
        """Return a ticket for whom a verified access token names.

        Raises:
            TokenExpiredError: the token's time is over by now.
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        seconds = min(WS_TICKET.ttl_seconds, claims.expires_at - self.clock())
        if seconds < 1:
            raise TokenExpiredError(claims.expires_at)
        ticket = WS_TICKET.new()
        self.tickets.keep(WS_TICKET.digest_of(ticket.reveal()), claims_text.dump(claims), seconds=seconds)
        return WsTicket(ticket, seconds)


@dataclass(slots=True, eq=False, repr=False)
class Redemption:
    """A ticket on its way to its answer; `RedeemWsTickets` sets that once."""

    digest: str
    answer: Claims | AuthError = field(init=False)


@dataclass(frozen=True, slots=True)
class RedeemWsTickets:
    """Takes many tickets at once; each is good once."""

    executor: ClassVar = Executor.BATCH

    tickets: CodeStore
    clock: Clock

    def __call__(self, texts: Sequence[str]) -> list[Claims | AuthError]:
        """Return for each ticket the claims that it was made from, or what is wrong; in order.

        Each is good once, whatever becomes of the answer. Whether the session still lives is the
        caller's to ask, as for an access token.

        Raises:
            UnavailableError: the store does not answer.
        """
        begun = [_begun(text) for text in texts]
        formed = [one for one in begun if isinstance(one, Redemption)]
        kept = self.tickets.redeem([one.digest for one in formed]) if formed else []
        for redemption, found in zip(formed, kept, strict=True):
            redemption.answer = self._answer(found)
        return [one.answer if isinstance(one, Redemption) else one for one in begun]

    def _answer(self, kept: Redeemed) -> Claims | AuthError:
        if kept is None:
            return TokenInvalidError("the ticket is unknown, spent or too old")
        if isinstance(kept, AuthError):
            return kept
        claims = claims_text.load(kept)
        return claims if self.clock() < claims.expires_at else TokenExpiredError(claims.expires_at)


def _begun(text: str) -> Redemption | TokenInvalidError:
    try:
        return Redemption(WS_TICKET.digest_of(text))
    except TokenInvalidError as error:
        return error
