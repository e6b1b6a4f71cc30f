"""The door to browser sessions: what they need is loaded when somebody wants them, not before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from jwt_auth_asgi.asgi import Scope, Send
from jwt_auth_asgi.browser.unexchanged import UnexchangedError
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core.errors import AuthError, TokenError


class KnowsBrowsers(Protocol):
    """What the middleware asks about cookies; see `BrowserSessions`."""

    def know(self, home: object, verification: Verification) -> None:
        """Take names and origins from an `Auth`."""
        ...

    def find(self, scope: Scope) -> AuthenticatedUser | None:
        """Return whom the access cookie names."""
        ...

    async def instead(
        self, error: UnexchangedError | TokenError, scope: Scope, send: Send
    ) -> tuple[AuthenticatedUser | None, Scope, Send]:
        """Return whom the refresh cookie names, if anybody, and how scope and answer go on."""
        ...

    async def answered(self, error: AuthError, scope: Scope, send: Send) -> bool:
        """Have a browser ask again where its newer cookies will do; tell whether it was answered so."""
        ...

    def answering(self, scope: Scope, send: Send) -> Send:
        """Return a send that has answers vary by cookie."""
        ...


def browser_sessions(
    login_url: str | None, *, cookies: bool, exempt: Collection[str], public: Collection[str] | None = None
) -> KnowsBrowsers | None:
    """Return what knows of cookies, where somebody wants it.

    Raises:
        TypeError: there is a login page, and nobody would be known there.
        ValueError: the login page is no URL.
    """
    if cookies:
        from jwt_auth_asgi.browser import sessions  # noqa: PLC0415 - most have no browsers

        return sessions.BrowserSessions(login_url, exempt, public)
    if login_url is not None:
        msg = "login_url needs cookies=True: who comes back from there is known by them alone"
        raise TypeError(msg)
    return None
