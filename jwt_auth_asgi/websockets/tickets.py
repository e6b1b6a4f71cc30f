"""Tickets at the edge: a websocket's handshake redeems one in a thread, all that wait together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from jwt_auth_asgi.executors.batcher import Batcher
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.telemetry.watch import watch
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.code import WS_TICKET
from jwt_auth_core.steps import aside
from jwt_auth_core.tokens.claims import Claims

QUEUE: Final = 1024

Redeem = Callable[[Sequence[str]], list[Claims | AuthError]]


def is_ticket(text: str) -> bool:
    """Tell a ticket from an access token."""
    return text.startswith(WS_TICKET.prefix)


class Tickets:
    """Redeems the tickets of an `Auth`; a class because it owns the thread, which starts at the first.

    Whatever else the middleware was given knows no tickets.
    """

    def __init__(self, auth: object) -> None:
        redeem: Redeem | None = getattr(auth, "redeem_ws_tickets", None)
        self._batcher: Batcher[str, Claims] | None = None
        if redeem is not None:
            self._batcher = Batcher("ticket", aside(redeem), waiting=QUEUE)

    async def redeem(self, text: str) -> AuthenticatedUser:
        """Return whom a ticket stands for; the ticket is spent.

        Raises:
            TokenInvalidError: it is unknown, spent or too old.
            TokenExpiredError: the access token that it was made from is.
            UnavailableError: the store does not answer, or too many wait.
        """
        if self._batcher is None:
            raise TokenInvalidError("only an Auth knows tickets")
        with watch("redeem_ws_ticket"):
            return AuthenticatedUser(await self._batcher.ask(text))
