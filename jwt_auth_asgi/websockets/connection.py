"""Connection: one websocket of an authenticated caller, which can be ended from outside.

The client gets a close, the application a disconnect with the same code, whether it is receiving,
sending or busy elsewhere. No task of its own, but for the close itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final, Protocol

from jwt_auth_asgi.asgi import App, Message, Receive, Scope, Send
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.identity.subprotocol import NAME
from jwt_auth_core.records import dataclass

UNAUTHORIZED: Final = 3000  # registered with IANA for RFC 6455: every client can look it up
PRIVATE_UNAUTHORIZED: Final = 4401  # what subprotocols of the private range say, graphql-transport-ws first
TRY_AGAIN_LATER: Final = 1013  # IANA, too
CLOSE_SECONDS: Final = 10.0
"""How long a client may take to take a close, before the application's return cuts the connection."""

logger = logging.getLogger("jwt_auth.websocket")


@dataclass(frozen=True, slots=True)
class CloseReason:
    """Why a websocket is closed; without a ``code`` it is the one for "unauthorized"."""

    reason: str
    code: int | None = None


EXPIRED: Final = CloseReason("access token expired")
REVOKED: Final = CloseReason("session ended")
UNKNOWN: Final = CloseReason("try again later", TRY_AGAIN_LATER)


class ConnectionEndedError(OSError):
    """Raised to an application that sends into an ended websocket, as ASGI 2.4 servers do."""


class ConnectionRegistry(Protocol):
    """Whoever keeps open connections and ends them in time."""

    def enter(self, connection: Connection, /) -> None:
        """Keep a connection that was just accepted."""
        ...

    def leave(self, connection: Connection, /) -> None:
        """Forget it; it is over, or never was kept."""
        ...

    async def renew(self, connection: Connection, token: str, /) -> AuthenticatedUser:
        """Let it go on for the time of another token; see `renewal.renew`."""
        ...


class Connection:
    """Stands between server and application; a class because its end may come at any time.

    ``ends_at`` is in seconds since the epoch, by the clock that the registry goes by.
    """

    __slots__ = (
        "_accepted",
        "_closing",
        "_code",
        "_raises",
        "_receive",
        "_send",
        "_waiting",
        "end",
        "ends_at",
        "is_over",
        "registry",
        "user",
    )

    def __init__(
        self, user: AuthenticatedUser, registry: ConnectionRegistry, receive: Receive, send: Send
    ) -> None:
        self.user = user
        self.ends_at = user.claims.expires_at
        self.registry = registry
        self.end: CloseReason | None = None
        self.is_over = False
        self._receive = receive
        self._send = send
        self._accepted = self._raises = False
        self._code = UNAUTHORIZED
        self._waiting: list[asyncio.Task[object] | None] = []
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it was accepted and neither side has closed it."""
        return self._accepted and not self.is_over

    async def serve(self, app: App, scope: Scope) -> None:
        """Run the application on this connection."""
        self._raises = _version(scope) >= (2, 4)
        try:
            await app(scope, self.receive, self.send)
        except ConnectionEndedError:
            logger.debug("an application sent into an ended websocket")
        finally:
            self._leave()
        if self._closing is not None:
            await self._closing

    def finish(self, end: CloseReason) -> None:
        """End an accepted connection; in its loop."""
        if not self.is_open:
            return
        self.end = end
        self._leave()
        # Before anybody is woken, so that the close is on its way when the application hears of it.
        self._closing = asyncio.get_running_loop().create_task(self._close(end))
        # Whoever is being cancelled already ends without our help.
        interrupted = [task for task in self._waiting if task is not None and not task.cancelling()]
        for task in interrupted:
            self._waiting.remove(task)
            task.cancel()

    async def receive(self) -> Message:
        """Return the server's next message; a disconnect from the end on."""
        message = None if self.end else await self._unless_ended(self._receive())
        if message is None or self.end is not None:
            return self._disconnect()
        if message["type"] == "websocket.disconnect":
            self._leave()
        return message

    async def send(self, message: Message) -> None:
        """Hand a message to the server; from the end on to nobody."""
        kind = message["type"]
        if kind == "websocket.accept":
            await self._send(message)
            self._accept(message)
        elif kind == "websocket.send" and self._accepted:
            if self.end is None:
                await self._unless_ended(self._send(message))
            self._refuse()
        elif self.end is None:
            self._leave()
            await self._send(message)

    def _accept(self, message: Message) -> None:
        self._accepted = True
        if message.get("subprotocol") not in {None, "", NAME}:
            self._code = PRIVATE_UNAUTHORIZED
        self.registry.enter(self)

    def _leave(self) -> None:
        self.is_over = True
        self.registry.leave(self)

    def _refuse(self) -> None:
        if self.end is not None and self._raises:
            raise ConnectionEndedError(self.end.reason)

    def _disconnect(self) -> Message:
        end = self.end or EXPIRED
        return {"type": "websocket.disconnect", "code": end.code or self._code, "reason": end.reason}

    async def _unless_ended(self, call: Awaitable[Message | None]) -> Message | None:
        """Wait as `asyncio.timeout` does: the end cancels the waiting, and that alone is taken back."""
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        self._waiting.append(task)
        try:
            return await call
        except asyncio.CancelledError:
            if task is None or task in self._waiting or task.cancelling() - 1 > before:
                raise
            return None
        finally:
            if task in self._waiting:
                self._waiting.remove(task)
            elif task is not None:
                task.uncancel()

    async def _close(self, end: CloseReason) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                close = {"type": "websocket.close", "code": end.code or self._code, "reason": end.reason}
                await self._send(close)
        except Exception as error:  # noqa: BLE001 - a server's own way of saying that the client has gone
            logger.debug("a close found nobody: %s", type(error).__name__)


def _version(scope: Scope) -> tuple[int, ...]:
    versions: dict[str, str] = scope.get("asgi") or {}
    text = versions.get("spec_version") or "2.0"
    return tuple(int(part) for part in text.split(".") if part.isdigit())
