"""The door to browser sessions: what they need is loaded when somebody wants them, not before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from jwt_auth_asgi.asgi import Scope, Send, Wrap
from jwt_auth_asgi.browser.unexchanged import UnexchangedError
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core.errors import AuthError, TokenError


class NamesMetadata(Protocol):
    """What has challenges name the metadata of a protected resource."""

    def naming(self, send: Send) -> Send:
        """Return a send that does."""
        ...


class KnowsBrowsers(Protocol):
    """What the middleware asks about cookies; see `BrowserSessions`."""

    def know(self, home: object, verification: Verification) -> None:
        """Take names and origins from an `Auth`."""
        ...

    def find(self, scope: Scope) -> AuthenticatedUser | None:
        """Return whom the Authorization header names, or else the access cookie."""
        ...

    async def instead(
        self, error: UnexchangedError | TokenError, scope: Scope, send: Send
    ) -> tuple[AuthenticatedUser | None, Scope, Send]:
        """Return whom the refresh cookie names, if anybody, and how scope and answer go on."""
        ...

    async def answered(self, error: AuthError, scope: Scope, send: Send) -> bool:
        """Have a browser ask again where its newer cookies will do; tell whether it was answered so."""
        ...

    @property
    def answering(self) -> Wrap:
        """Return what has answers vary by cookie."""
        ...


def wrapping(resource: NamesMetadata | None, browser: KnowsBrowsers | None) -> Wrap:
    """Return what is put around the send of each answer; found once, since each call takes its time."""
    answering = _as_it_is if browser is None else browser.answering
    if resource is None:
        return answering
    return lambda scope, send: answering(scope, resource.naming(send))


def _as_it_is(_scope: Scope, send: Send) -> Send:
    return send


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
