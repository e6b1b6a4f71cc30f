"""Connections: the open websockets of a middleware, ended when their token expires or their session does.

Keyed by session and user, so that a refresh elsewhere disturbs nobody. A revocation comes in the
feed's thread and is handed to the loops that it concerns; otherwise each loop minds its own.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.executors.loops import A_WEBSOCKET, require_asyncio
from jwt_auth_asgi.identity.identity import KEY, AuthenticatedUser
from jwt_auth_asgi.identity.revocation_check import RevocationCheck
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_asgi.websockets.connection import EXPIRED, REVOKED, UNKNOWN, Connection
from jwt_auth_asgi.websockets.expiry_timer import ExpiryTimer
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.revocations.revocation import CutOff, Revocation
from jwt_auth_core.tokens.claims import Claims

SOCKET: Final = "jwt_auth.socket"
"""Where `renew` finds the connection in its scope."""

Index = dict[str, set[Connection]]
Verify = Callable[[str], Awaitable[AuthenticatedUser]]


class LoopConnections:
    """The connections of one event loop, in which all but ``on_revoked`` is called."""

    __slots__ = ("_by_session", "_by_user", "_expiry_timer", "_loop", "_revocation_check", "_verify")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        revocation_check: RevocationCheck,
        verify: Verify,
        clock: Callable[[], float],
    ) -> None:
        self._loop = loop
        self._revocation_check = revocation_check
        self._verify = verify
        self._by_session: Index = {}
        self._by_user: Index = {}
        self._expiry_timer = ExpiryTimer(loop, clock, self.on_tick)

    def __len__(self) -> int:
        return len(self._expiry_timer)

    def named(self) -> int:
        """Return how often a connection stands under the name of a session or a user."""
        return sum(map(len, (*self._by_session.values(), *self._by_user.values())))

    def enter(self, connection: Connection) -> None:
        """Keep an accepted connection, or end it at once where its time is over already."""
        self._expiry_timer.put(connection)
        claims, revocations = connection.user.claims, self._revocation_check.revocations
        if revocations is not None and self._revocation_check.is_own(claims):
            for user_id in _users(claims):
                _add(self._by_user, user_id, connection)
            for session_id in (claims.session_id, *claims.acting):
                _add(self._by_session, session_id, connection)
            # Now that it can be found: what was revoked before is seen here, what comes is told.
            if revocations.is_revoked(claims):
                connection.finish(REVOKED)
        self._end_due()

    def leave(self, connection: Connection) -> None:
        """Forget a connection; more than once does no harm."""
        self._expiry_timer.drop(connection)
        claims = connection.user.claims
        for user_id in _users(claims):
            _drop(self._by_user, user_id, connection)
        for session_id in (claims.session_id, *claims.acting):
            _drop(self._by_session, session_id, connection)

    async def renew(self, connection: Connection, token: str) -> AuthenticatedUser:
        """Verify the token and let the connection go on until it expires; from any loop."""
        if asyncio.get_running_loop() is not self._loop:
            elsewhere = asyncio.run_coroutine_threadsafe(self.renew(connection, token), self._loop)
            return await asyncio.wrap_future(elsewhere)
        user = await self._verify(token)
        if _party(user) != _party(connection.user):
            raise TokenInvalidError("it is of another session, user or actor than the websocket")
        if connection.is_over:
            raise TokenInvalidError("the websocket is closed")
        self.leave(connection)
        connection.user, connection.ends_at = user, user.claims.expires_at
        if connection.is_open:
            self.enter(connection)
        return user

    def on_revoked(self, revocation: Revocation) -> None:
        """End what a revocation concerns; called in any thread."""
        if self._named(revocation):
            with suppress(RuntimeError):  # the loop was closed, and its connections with it
                self._loop.call_soon_threadsafe(self._revoke, revocation)

    def on_tick(self) -> None:
        """End whatever is over by now."""
        self._end_due()
        if self._revocation_check.is_stale():
            for connection in list(self._expiry_timer):
                connection.finish(UNKNOWN)

    def _end_due(self) -> None:
        for connection in self._expiry_timer.due():
            connection.finish(EXPIRED)

    def _revoke(self, revocation: Revocation) -> None:
        for connection in list(self._named(revocation)):
            if not isinstance(revocation, CutOff) or revocation.ends(connection.user.claims):
                connection.finish(REVOKED)

    def _named(self, revocation: Revocation) -> Collection[Connection]:
        if isinstance(revocation, CutOff):
            return self._by_user.get(revocation.user_id, ())
        return self._by_session.get(revocation.session_id, ())


def _users(claims: Claims) -> tuple[str, ...]:
    """Return whose cut-off ends a token: its subject, and who acts in a session of theirs."""
    return (claims.subject, *claims.actors) if claims.acting else (claims.subject,)


class Connections:
    """The connections of all loops, and one subscription to revocations; a class because it keeps both.

    ``clock`` tells the time by which tokens are verified, in seconds since the epoch.
    """

    def __init__(
        self, verification: Verification, revocation_check: RevocationCheck, clock: Callable[[], float]
    ) -> None:
        self._verification = verification
        self._revocation_check = revocation_check
        self._clock = clock
        self.by_loop: dict[asyncio.AbstractEventLoop, LoopConnections] = {}
        self._process = os.getpid()
        self._is_listening = False

    def __len__(self) -> int:
        return sum(map(len, tuple(self.by_loop.values())))

    async def start(self) -> None:
        """Subscribe to revocations before a handshake is answered.

        Raises:
            AsyncioRequiredError: the event loop has no timer that could end the websocket in time.
            StoreUnavailableError: nobody knows what is revoked, and the policy wants to know.
        """
        require_asyncio(A_WEBSOCKET)
        if self._process != os.getpid():  # forked: the connections are the parent's
            self._process, self.by_loop = os.getpid(), {}
        revocations = self._revocation_check.revocations
        if revocations is None:
            return
        if not self._is_listening:
            self._is_listening = True
            weakref.finalize(self, revocations.subscribe(_weak_callback(self))).atexit = False
        if not revocations.is_started:
            await asyncio.to_thread(revocations.start)
        if self._revocation_check.is_stale():
            raise StoreUnavailableError("revocation feed", "is silent")

    async def serve(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on a websocket of an authenticated caller, and end it in time."""
        connection = Connection(scope[KEY], self._of_loop(), receive, send)
        scope[SOCKET] = connection
        await connection.serve(app, scope)

    def on_revoked(self, revocation: Revocation) -> None:
        """Tell the connections of each loop; called in any thread."""
        if self._process == os.getpid():
            for own in tuple(self.by_loop.values()):
                own.on_revoked(revocation)

    def _of_loop(self) -> LoopConnections:
        loop = asyncio.get_running_loop()
        own = self.by_loop.get(loop)
        if own is None:
            for other in [other for other in tuple(self.by_loop) if other.is_closed()]:
                self.by_loop.pop(other, None)
            own = self.by_loop[loop] = LoopConnections(
                loop, self._revocation_check, self._verified, self._clock
            )
        return own

    async def _verified(self, token: str) -> AuthenticatedUser:
        user = self._verification.of_token(token)
        await self._revocation_check.check_stores(user)
        return user


def _weak_callback(connections: Connections) -> Callable[[Revocation], None]:
    """Return a subscriber that does not keep its owner alive."""
    owner = weakref.ref(connections)

    def on_revoked(revocation: Revocation) -> None:
        found = owner()
        if found is not None:
            found.on_revoked(revocation)

    return on_revoked


def _party(user: AuthenticatedUser) -> tuple[str | None, ...]:
    return user.issuer, user.claims.subject, user.claims.session_id, user.claims.actor


def _add(index: Index, name: str | None, connection: Connection) -> None:
    if name is not None:
        index.setdefault(name, set()).add(connection)


def _drop(index: Index, name: str | None, connection: Connection) -> None:
    found = index.get(name or "")
    if found is not None:
        found.discard(connection)
        if not found:
            del index[name or ""]
