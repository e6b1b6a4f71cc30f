"""Browser sessions: who calls by the access cookie, or by what the refresh cookie is exchanged for.

Only whoever sends no bearer token is looked for here: the header wins. A cookie comes along whoever made the
browser send it. So what may change something, and every websocket, must be of our own origin (CK-04).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Final, cast

from jwt_auth_asgi.asgi import Scope, Send, Wrap
from jwt_auth_asgi.browser.answers import bringing, redirect, varying
from jwt_auth_asgi.browser.exchanges import Exchanges, exchanges_of
from jwt_auth_asgi.browser.places import LoginPage, same_url
from jwt_auth_asgi.browser.unexchanged import UnexchangedError
from jwt_auth_asgi.errors import CrossSiteError, InvalidBearerError
from jwt_auth_asgi.http import csrf
from jwt_auth_asgi.http.cookies.access_cookie import AccessCookie
from jwt_auth_asgi.http.cookies.acting_cookie import PLAIN_NAME, ActingCookie
from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.paths import route_path
from jwt_auth_asgi.identity.credentials import ONE_HEADER, authorization, is_key_presented
from jwt_auth_asgi.identity.identity import PRESENTED, AuthenticatedUser
from jwt_auth_asgi.identity.subprotocol import offer
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core.errors import (
    AuthError,
    RefreshSupersededError,
    SessionError,
    SessionRevokedError,
    TokenError,
)
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

SAFE: Final = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods that change nothing (RFC 9110 §9.2.1)."""

MOST_KNOWN: Final = 1024
LONGEST_KNOWN: Final = 4096
"""So many Cookie headers are remembered, and of that length: 4 MiB at most."""

_PASSED_ON: Final = (EndReason.REPLACED, EndReason.PASSWORD_CHANGED, None)
"""Why a session ended whose browser has a new one, or is about to: its cookies are not ours to take away."""


class BrowserSessions:
    """What the middleware knows of cookies; a class because names and origins are found once."""

    def __init__(
        self, login_url: str | None, exempt: Collection[str], public: Collection[str] | None = None
    ) -> None:
        self._login = None if login_url is None else LoginPage(login_url)
        if self._login is not None and public is not None:
            self._login.warn_unless_open({*public, *exempt})
        self._exempt = exempt  # nobody is sent to the login page from where it sends its form
        self._exchanges: Exchanges | None = None
        self._auth: object = None
        self._known: dict[bytes, bytes] = {}

    def know(self, home: object, verification: Verification) -> None:
        """Take names and origins from an `Auth`; other tokens' cookie has the usual name, and no refresh."""
        settings = getattr(home, "settings", None)
        known = settings if isinstance(settings, Settings) else None
        self._of_header = verification.of_header
        self._proxies = 0 if known is None else known.trusted_proxy_count
        self._public_url = None if known is None else known.public_url
        self._refresh, self._acting, marker = None, None, PLAIN_NAME
        if known is not None and hasattr(home, "refresh"):
            self._auth, self._refresh = home, RefreshCookie.from_settings(known)
            self._acting = ActingCookie.from_settings(known)
            marker = self._acting.name
        access = AccessCookie(secure=True) if known is None else AccessCookie.from_settings(known)
        self._access, name = access, access.name.encode("ascii")
        self._name, self._pair, self._marker = name, name + b"=", marker.encode("ascii")

    def find(self, scope: Scope) -> AuthenticatedUser | None:  # noqa: C901 - calls for its parts take time
        """Return whom the Authorization header names, or else the access cookie; None where neither does.

        Both are found in one walk: a second one takes a tenth of the time of a request.

        Raises:
            TokenError, InvalidBearerError: the header is of no use; no cookie is looked at.
            UnexchangedError: it is missing or over, and a refresh token is there.
            CrossSiteError: the request may change something, and is not of our origin.
            UnavailableError: nobody knows whether the token was revoked, and the policy wants to know.
        """
        header = cookie = None
        for name, value in scope.get("headers", ()):
            if name == b"cookie":
                cookie = value if cookie is None else cookie + b"; " + value
            elif name == b"authorization":
                if header is not None:
                    raise InvalidBearerError(ONE_HEADER)
                header = value
        user = None if header is None else self._of_header(header)
        if user is not None or cookie is None:
            return user
        # Nearly every request of a browser has the cookies of the last one: those are taken apart once.
        header = self._known.get(cookie) or self._learned(cookie)
        if header is not None:
            try:
                user = self._of_header(header)
            except (TokenError, InvalidBearerError):  # it came by itself, and is as good as none
                pass
            else:
                if not (self._marker in cookie and self._is_held_up(scope, user)):
                    if scope.get("method") not in SAFE:
                        self._refuse_cross_site(scope)
                    return user
        self.need_exchange(scope)
        return None

    def need_exchange(self, scope: Scope) -> None:
        """Ask for an exchange where the refresh cookie is there, and does not wait for an admin's return.

        Raises:
            UnexchangedError: it is.
            CrossSiteError: it is, and another site's page may be behind the request.
        """
        cookies = lines(scope, b"cookie")
        token = None if self._refresh is None else self._refresh.read(cookies)
        if token is None or (self._acting is not None and self._acting.waits(cookies, token)):
            return
        if scope.get("method") not in SAFE:
            self._refuse_cross_site(scope)
        raise UnexchangedError(token)

    async def instead(
        self, error: UnexchangedError | TokenError, scope: Scope, send: Send
    ) -> tuple[AuthenticatedUser | None, Scope, Send]:
        """Return whom the refresh cookie names, if anybody, and how scope and answer go on.

        Raises:
            TokenError: it is of a token that did not come by cookie.
            RefreshSupersededError: a parallel request has a newer one.
            TokenTooLargeError: the new access token fits into no cookie.
            AuthError: too many come, or a store does not answer; the token is as good as before.
        """
        if isinstance(error, TokenError):  # by the stores, which know more than memory
            if authorization(scope) is not None or offer(scope) is not None:
                raise error
            try:
                self.need_exchange(scope)
            except UnexchangedError as needed:
                error = needed
            else:
                return None, scope, send
        try:
            return await self._exchanged(error.token, scope, send)
        except RefreshSupersededError:
            raise
        except SessionError as refusal:
            if isinstance(refusal, SessionRevokedError) and refusal.reason in _PASSED_ON:
                return None, scope, send
            cleared = cast("RefreshCookie", self._refresh).clear_both()
            return None, scope, bringing(send, lambda: cleared)

    async def answered(self, error: AuthError, scope: Scope, send: Send) -> bool:
        """Have a browser ask again where its newer cookies will do; tell whether it was answered so."""
        if scope.get("method") not in SAFE or not isinstance(error, RefreshSupersededError):
            return False
        await redirect(send, 307, same_url(scope))
        return True

    @property
    def answering(self) -> Wrap:
        """Return what has answers vary by cookie, and takes who is refused to the login page."""
        login, exempt = self._login, self._exempt
        if login is None:
            return varying

        def to_login(scope: Scope, send: Send) -> Send:
            send = varying(scope, send)
            is_sent = scope["type"] == "http" and route_path(scope) not in exempt
            return login.instead(scope, send) if is_sent else send

        return to_login

    async def _exchanged(
        self, token: Secret, scope: Scope, send: Send
    ) -> tuple[AuthenticatedUser, Scope, Send]:
        if self._exchanges is None:
            self._exchanges = await asyncio.to_thread(exchanges_of, self._auth)
        grant, is_fresh = await self._exchanges.exchanged(token, scope)
        try:
            user = self._caller(grant)
        except TokenError:  # shared, and its session ended meanwhile
            self._exchanges.forget(token)
            grant, is_fresh = await self._exchanges.exchanged(token, scope)
            user = self._caller(grant)
        brought = cast("RefreshCookie", self._refresh).set_both(
            grant.access_token,
            grant.refresh_token,
            expires_in=grant.expires_in,
            ends_in=grant.session_ends_in,
        )
        exchanges = self._exchanges

        def still() -> Sequence[str]:
            if not is_fresh():
                return ()
            # The browser has, or is about to have, the access token of the user for whom an admin acts.
            return brought[:1] if exchanges.waits(grant.session_id) else brought

        return user, {**scope, PRESENTED: _header(grant)}, bringing(send, still)

    def _is_held_up(self, scope: Scope, user: AuthenticatedUser | None) -> bool:
        """Tell whether it is the admin's own token, and the admin acts for somebody in this browser."""
        if self._acting is None or user is None:
            return False
        return self._acting.holds_up(lines(scope, b"cookie"), user.claims.session_id)

    def _caller(self, grant: Grant) -> AuthenticatedUser:
        return cast("AuthenticatedUser", self._of_header(_header(grant)))

    def _learned(self, cookie: bytes) -> bytes | None:
        header = self._header_of(cookie)
        if header is None or is_key_presented(header):
            return None
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        if len(cookie) <= LONGEST_KNOWN:
            self._known[cookie] = header
        return header

    def _header_of(self, cookie: bytes) -> bytes | None:
        """Return the Authorization header that the access cookie is as good as."""
        if cookie.count(self._name) == 1:  # nothing then can claim to be ours beside it
            at = cookie.find(self._pair)
            if at == 0 or cookie[at - 2 : at] == b"; ":
                start, end = at + len(self._pair), cookie.find(b";", at)
                return b"Bearer " + (cookie[start:] if end < 0 else cookie[start:end])
        elif self._name not in cookie:
            return None
        token = self._access.read([cookie.decode("latin-1")])
        return None if token is None else b"Bearer " + token.reveal().encode("ascii")

    def _refuse_cross_site(self, scope: Scope) -> None:
        sender = csrf.provenance(scope, trusted_proxy_count=self._proxies)
        if not csrf.is_same_origin(sender, self._public_url, is_websocket=scope["type"] == "websocket"):
            raise CrossSiteError


def _header(grant: Grant) -> bytes:
    return b"Bearer " + grant.access_token.encode("ascii")
