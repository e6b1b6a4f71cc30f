"""BearerMiddleware: tells any ASGI application who calls, and refuses bad tokens.

Pure ASGI. On an accepted http request nothing is awaited before the application, no store is
asked and no lock is taken (but by ``check="always"``); what an answer needs lives in `problems`
and `websockets`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable
from typing import Final

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.browser.door import browser_sessions, wrapping
from jwt_auth_asgi.browser.unexchanged import UnexchangedError
from jwt_auth_asgi.errors import InvalidBearerError, NotAuthenticatedError
from jwt_auth_asgi.executors.loops import is_asyncio, refuse_to_start, require_asyncio
from jwt_auth_asgi.features.paths import exempt_paths, exempt_paths_of
from jwt_auth_asgi.home import HOME, Home
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.paths import exact_paths, route_path
from jwt_auth_asgi.http.protected_resource import resource_of
from jwt_auth_asgi.identity import subprotocol
from jwt_auth_asgi.identity.api_keys import UnreadKeyError, api_keys, identified
from jwt_auth_asgi.identity.credentials import ONE_HEADER, authorization, bearer_token
from jwt_auth_asgi.identity.current import CURRENT, GUARDS, announced
from jwt_auth_asgi.identity.explanation import explain_refusal
from jwt_auth_asgi.identity.identity import ANONYMOUS, KEY, User
from jwt_auth_asgi.identity.realm import name_in_environment, service_name
from jwt_auth_asgi.identity.revocation_check import Check, RevocationCheck, revocation_check
from jwt_auth_asgi.identity.rules import NO_RULES, Rule, Rules
from jwt_auth_asgi.identity.verification import HasTokens, Verification, VerifiesTokens, own_auth, tokens_of
from jwt_auth_asgi.problems.challenge import check_realm, realm_of
from jwt_auth_asgi.problems.problem import problem_of
from jwt_auth_asgi.websockets import handshake
from jwt_auth_asgi.websockets.connections import SOCKET, Connections
from jwt_auth_asgi.websockets.refusal import send_refusal
from jwt_auth_asgi.websockets.tickets import Tickets, is_ticket
from jwt_auth_core.errors import AuthError, TokenError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.tokens.verifier import TokenVerifier

CREDENTIAL_PATHS: Final = exempt_paths()
"""Routes that take credentials of their own, or none at all, and never read an access token."""

logger = logging.getLogger("jwt_auth.bearer")


class BearerMiddleware:
    """Wraps an ASGI application; http and websocket get the same policy.

    Args:
        app: the application, of any framework or none.
        auth: an `Auth`, an `AccessTokens`, or `any_of` several; left out, the process's own from the
            environment.
        public: paths that need no token, when every other one does; None: the application decides.
        exempt: paths where the header is not read at all, so that clients may send an expired token
            along; None: `CREDENTIAL_PATHS`, or nothing when only access tokens are given.
        check: where to look whether a token was revoked: ``feed``, in this process's memory; ``always``,
            in the stores at each request; ``off``, nowhere. None: as the settings of the `Auth` say.
        realm: the name of the protected space in a challenge; None: the ``service_name`` of the `Auth`, or
            ``api`` when only access tokens are given. Whoever refuses behind the middleware names it too.
        resource: the URL of this API, one of the audiences of its tokens: then the middleware answers with
            RFC 9728's metadata under ``/.well-known/oauth-protected-resource`` and names them in challenges.
        authorization_servers: the issuers that these metadata name.
        explain: log why a token is refused, and what to try, as a warning; for development. The same is
            said at the level INFO where the logger ``jwt_auth`` or ``jwt_auth.bearer`` is set to it.
        rules: which scopes a path and whole segments below it need: ``("/reports", "reports:read")``, or by
            method: ``("/reports", {"GET": "reports:read", "*": "reports:write"})``; the longest wins.
        cookies: know browsers by their cookies (the transport "cookies") as well, and renew those in time.
        login_url: where a navigation of somebody goes who is not signed in, with ``next`` as the way back.

    A class because the rules are checked and the verified tokens remembered once.

    Raises:
        TypeError: ``auth`` is something else, or has no sessions to check; ``resource`` is not among the
            tokens' audiences, or missing beside ``authorization_servers``; ``login_url`` without ``cookies``.
        ValueError: ``resource``, ``login_url`` or an authorization server is no URL.
    """

    _check_for: Check | None
    _revocation_check: RevocationCheck
    _verification: Verification
    connections: Connections
    _tickets: Tickets

    def __init__(  # noqa: PLR0913 - a constructor names all its parts
        self,
        app: App,
        auth: HasTokens | VerifiesTokens | None = None,
        *,
        public: Collection[str] | None = None,
        exempt: Collection[str] | None = None,
        check: Check | None = None,
        realm: str | None = None,
        resource: str | None = None,
        authorization_servers: Collection[str] = (),
        explain: bool = False,
        rules: Iterable[Rule] = (),
        cookies: bool = False,
        login_url: str | None = None,
    ) -> None:
        self.app, self.auth = announced(app), auth
        self._check_for, self._explains = check, explain
        self._resource = resource_of(resource, authorization_servers)
        self._wraps = cookies or self._resource is not None
        self._realm = None if realm is None else check_realm(realm)
        self._is_known, self._asks, self._needs_asyncio = False, False, True
        self._home = Home(None, self._realm)
        self.after_fork()
        renew_in_children(self)
        self.public = None if public is None else exact_paths(public)
        if exempt is None:
            only_tokens = hasattr(auth, "verify") and getattr(auth, "auth", None) is None
            exempt = () if only_tokens else exempt_paths_of(auth)
        self.exempt = exact_paths(exempt)
        self._browser = browser_sessions(login_url, cookies=cookies, exempt=self.exempt, public=self.public)
        self._wrap = wrapping(self._resource, self._browser)
        if auth is not None:
            self._know(auth)
        self.rules = Rules(rules, exempt=self.exempt) if (rules := tuple(rules)) else None
        self._who = self._identify if self._browser is None else self._by_browser
        self._admit = self._who if self.rules is None else self._ruled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or handshake through with its caller, or answer it."""
        if self._wraps:
            if self._resource is not None and self._resource.is_asked(scope):
                await self._resource(scope, receive, send)
                return
            send = self._wrap(scope, send)
        if scope["type"] != "http" or not self._is_ready:
            await self._serve(scope, receive, send)
            return
        # Nearly every request: `_serve` without what it does not need.
        try:
            user = self._admit(scope)
        except AuthError as error:
            await self._refuse(error, scope, receive, send)
            return
        except (UnreadKeyError, UnexchangedError):
            await self._serve(scope, receive, send)
            return
        told = {**scope}  # and not with its items in one literal, which takes twice the time
        told["user"] = told["auth"] = told[KEY] = user
        told[HOME] = self._home
        if GUARDS:
            CURRENT.set(told)
        await self.app(told, receive, send)

    def after_fork(self) -> None:
        """Have a child settle anew: it knows what was revoked, and has no thread that learns of more."""
        self._is_settled = self._is_ready = False

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in {"http", "websocket"}:
            await self._pass(scope, receive, send)
            return
        try:
            if not self._is_settled:
                await self._settle(scope)
            found, scope, send = await self._found(scope, send)
            user = self._nobody(scope) if found is None else found
            if kind == "websocket" and user is not ANONYMOUS:
                await self.connections.start()
            (self.rules or NO_RULES).check(scope, user)
        except AuthError as error:
            await self._refuse(error, scope, receive, send)
            return
        # A copy: the server's own scope stays as it was, and nothing preset survives (ASGI-11).
        told = {**scope, "user": user, "auth": user, KEY: user, HOME: self._home}
        CURRENT.set(told)
        if kind == "websocket" and user is not ANONYMOUS:
            await self.connections.serve(self.app, told, receive, send)
            return
        if kind == "websocket":
            told[SOCKET] = None
        await self.app(told, receive, send)

    def _identify(self, scope: Scope) -> User:
        if self.exempt and route_path(scope) in self.exempt:
            return ANONYMOUS
        header = None  # as `authorization` finds it, without its call: a twentieth of the time
        for name, value in scope.get("headers", ()):
            if name == b"authorization":
                if header is not None:
                    raise InvalidBearerError(ONE_HEADER)
                header = value
        user = None if header is None else self._of_header(header)
        return self._nobody(scope) if user is None else user

    def _by_browser(self, scope: Scope) -> User:
        if self.exempt and route_path(scope) in self.exempt:
            return ANONYMOUS
        found = None if self._browser is None else self._browser.find(scope)
        return self._nobody(scope) if found is None else found

    def _ruled(self, scope: Scope) -> User:
        user = self._who(scope)
        (self.rules or NO_RULES).check(scope, user)
        return user

    def _nobody(self, scope: Scope) -> User:
        if self.public is None or route_path(scope) in self.public:
            return ANONYMOUS
        raise NotAuthenticatedError

    async def _found(self, scope: Scope, send: Send) -> tuple[User | None, Scope, Send]:
        """Return who calls, None when it is nobody after all, and how scope and answer go on."""
        try:
            if scope["type"] == "websocket":
                found = await self._handshake(scope, send)
            else:
                found = await identified(self._who, scope), scope, send
            if self._asks:
                await self._revocation_check.check_stores(found[0])
        except (UnexchangedError, TokenError) as error:
            if self._browser is None:
                raise
            return await self._browser.instead(error, scope, send)
        return found

    async def _handshake(self, scope: Scope, send: Send) -> tuple[User, Scope, Send]:
        if self.exempt and route_path(scope) in self.exempt:
            return ANONYMOUS, scope, send
        offer = subprotocol.offer(scope)
        if offer is None:
            return await identified(self._who, scope), scope, send
        header = authorization(scope)
        if header is not None and bearer_token(header) is not None:
            raise InvalidBearerError("send one access token: as a header or as a subprotocol")
        if is_ticket(offer.token):
            user = await self._tickets.redeem(offer.token)
            self._revocation_check.check_memory(user)
        else:
            user = self._verification.of_token(offer.token)
        return user, offer.removed_from(scope), handshake.confirming(send)

    def _know(self, auth: HasTokens | VerifiesTokens) -> None:
        tokens = tokens_of(auth)
        if self._resource is not None:
            self._resource.check_audience(tokens)
        # Among several issuers it is the Auth that has sessions and tickets, for its own tokens.
        home = getattr(tokens, "auth", None) or auth
        own: TokenVerifier | None = getattr(tokens, "own", None)
        parties = None if own is None else own.parties
        self._revocation_check = check = revocation_check(home, self._check_for, own=parties)
        keys = api_keys(home, check)
        self._verification = Verification(tokens, check.check, None if keys is None else keys.of_token)
        self._of_header = self._verification.of_header
        self._tickets = Tickets(home)
        self.connections = Connections(self._verification, check, getattr(tokens, "now", time.time))
        if self._realm is None:
            self._realm = service_name(home)
        self._home = Home(home, self._realm)
        if self._browser is not None:
            self._browser.know(home, self._verification)
        self._is_known, self._asks = True, self._revocation_check.recheck is not None
        self._needs_asyncio = hasattr(home, "recheck")

    async def _settle(self, scope: Scope) -> None:
        """Before the first token have everything made and filled, without holding up the others."""
        if self._needs_asyncio:
            require_asyncio()
        if self._realm is None and not self._is_known:
            self._realm = name_in_environment()
            self._home = Home(None, self._realm)
        if self.exempt and route_path(scope) in self.exempt:
            return
        by_cookie = self._browser is not None and bool(lines(scope, b"cookie"))
        if scope["type"] == "http" and authorization(scope) is None and not by_cookie:
            return
        if not self._is_known:
            self._know(await asyncio.to_thread(own_auth))
        await self._revocation_check.settle()
        self._is_settled, self._is_ready = True, not self._asks

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            msg = f"scope type {scope['type']!r} is not http, websocket or lifespan: its caller is unknown"
            raise ValueError(msg)
        if self._needs_asyncio and not is_asyncio():
            await refuse_to_start(receive, send)
            return
        await self.app(scope, receive, send)

    async def _refuse(self, error: AuthError, scope: Scope, receive: Receive, send: Send) -> None:
        if self._browser is not None and await self._browser.answered(error, scope, send):
            return
        problem = problem_of(error, realm=self._realm or realm_of(scope))
        # Neither message holds a token. A fault is an operator's to mend, a refusal is daily bread.
        level = logging.ERROR if problem.status >= 500 else logging.DEBUG  # noqa: PLR2004
        logger.log(level, "request refused: %s", error)
        if self._is_known:
            explain_refusal(error, scope, self._verification.tokens, is_wanted=self._explains)
        await send_refusal(problem, scope, receive, send)
