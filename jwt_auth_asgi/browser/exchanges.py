"""Exchanges: the refresh token of a browser for new tokens, before the application runs.

A page has many requests, and a browser sends them all with the cookies that it has. So those with one token
share one exchange, while it runs and for a moment after; it goes with the refreshes of the auth app, in their
batches. Between processes each has its own: the protocol gives each a child, and the one that the browser
kept is confirmed by its use.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import field
from typing import Final, Protocol, cast
from weakref import WeakValueDictionary

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.http.waiting_sessions import WaitingSessions
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, SessionId

FRESH_SECONDS: Final = 5.0
"""How long after its exchange a token may be handed out. Shorter than any access token lives: so what a late
answer puts in the place of a newer one is not yet outdone by that."""


class Refreshes(Protocol):
    """What the auth app is to this file."""

    @property
    def waiting(self) -> WaitingSessions:
        """Those whose admins act for somebody."""
        ...

    async def refresh(self, token: Secret | None, scope: Scope) -> Grant:
        """Exchange a refresh token."""
        ...


@dataclass(slots=True, eq=False)
class Exchange:
    """One exchange; ``ended_at`` is by the clock of timers, None as long as it runs."""

    work: asyncio.Task[Grant]
    ended_at: float | None = field(default=None)


class Exchanges:
    """Those of an `Auth` in this process; a class because they are shared.

    Events name the request that came first; all of them have the same user and address.
    """

    def __init__(self, service: Refreshes, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._monotonic = monotonic
        self._known: dict[tuple[asyncio.AbstractEventLoop, Secret], Exchange] = {}

    def __len__(self) -> int:
        return len(self._known)

    async def exchanged(self, token: Secret, scope: Scope) -> tuple[Grant, Callable[[], bool]]:
        """Return what the token is exchanged for, and what tells whether that may still be handed out.

        Raises what `Service.refresh` raises.
        """
        exchange = self._of(token, scope)
        # Whoever goes away takes the others' exchange not along.
        grant = await asyncio.shield(exchange.work)
        return grant, lambda: self._is_fresh(exchange)

    def waits(self, session_id: SessionId) -> bool:
        """Tell whether the admin of a session has begun to act for somebody, in its browser."""
        return session_id in self._service.waiting

    def forget(self, token: Secret) -> None:
        """Have the next request exchange a token anew."""
        self._known.pop((asyncio.get_running_loop(), token), None)

    def _of(self, token: Secret, scope: Scope) -> Exchange:
        key = asyncio.get_running_loop(), token
        known = self._known.get(key)
        if known is not None and self._is_fresh(known):
            return known
        for one in [one for one, exchange in self._known.items() if not self._is_fresh(exchange)]:
            del self._known[one]
        exchange = self._known[key] = Exchange(asyncio.ensure_future(self._service.refresh(token, scope)))
        exchange.work.add_done_callback(lambda work: self._end(key, exchange, work))
        return exchange

    def _end(
        self,
        key: tuple[asyncio.AbstractEventLoop, Secret],
        exchange: Exchange,
        work: asyncio.Task[Grant],
    ) -> None:
        exchange.ended_at = self._monotonic()
        # A refusal is asked for again; it is looked at here, since perhaps nobody waits any more.
        if (work.cancelled() or work.exception() is not None) and self._known.get(key) is exchange:
            del self._known[key]

    def _is_fresh(self, exchange: Exchange) -> bool:
        return exchange.ended_at is None or self._monotonic() < exchange.ended_at + FRESH_SECONDS


_LIVING: Final[WeakValueDictionary[int, Exchanges]] = WeakValueDictionary()


def exchanges_of(auth: object) -> Exchanges:
    """Return the exchanges of an `Auth`, which every middleware and the auth app have together."""
    from jwt_auth_asgi.features.service_source import service_of  # noqa: PLC0415 - the auth app, at the first one
    from jwt_auth_core.auth import Auth  # noqa: PLC0415 - all use cases

    service = service_of(cast("Auth", auth))
    # While there are exchanges there is their service, and its id is nobody else's.
    known = _LIVING.get(id(service))
    if known is None:
        known = _LIVING[id(service)] = Exchanges(service)
    return known
