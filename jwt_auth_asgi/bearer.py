"""BearerMiddleware: tells any ASGI application who calls, and refuses bad tokens.

Pure ASGI. On an accepted http request nothing is awaited before the application, no store is
asked and no lock is taken; what an answer needs lives in `problems` and `websocket`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final, Protocol, cast

from jwt_auth_asgi import problems, websocket
from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.challenge import DEFAULT_REALM, check_realm
from jwt_auth_asgi.credentials import authorization, bearer_token
from jwt_auth_asgi.errors import InvalidBearerError, NotAuthenticatedError
from jwt_auth_asgi.identity import ANONYMOUS, KEY, User
from jwt_auth_asgi.paths import exact_paths, route_path
from jwt_auth_asgi.verification import Tokens, Verification
from jwt_auth_core.default import default_auth
from jwt_auth_core.errors import AuthError

CREDENTIAL_PATHS: Final = ("/auth/register", "/auth/login", "/auth/refresh", "/auth/logout")
"""Routes that take credentials of their own and never read an access token."""

logger = logging.getLogger("jwt_auth.bearer")


class HasTokens(Protocol):
    """What an `Auth` is to the middleware: the access tokens that it verifies."""

    @property
    def tokens(self) -> Tokens:
        """Return what verifies access tokens."""
        ...


class BearerMiddleware:
    """Wraps an ASGI application; http and websocket get the same policy.

    Args:
        app: the application, of any framework or none.
        auth: an `Auth` or an `AccessTokens`; left out, the process's own from the environment.
        public: paths that need no token, when every other one does; None: the application decides.
        exempt: paths where the header is not read at all, so that clients may send an expired token
            along; None: `CREDENTIAL_PATHS`, or nothing when only access tokens are given.
        realm: the name of the protected space in a challenge.

    A class because the rules are checked and the verified tokens remembered once.
    """

    def __init__(
        self,
        app: App,
        auth: HasTokens | Tokens | None = None,
        *,
        public: Collection[str] | None = None,
        exempt: Collection[str] | None = None,
        realm: str = DEFAULT_REALM,
    ) -> None:
        self._app = app
        self._verification = None if auth is None else Verification(_tokens_of(auth))
        self._public = None if public is None else exact_paths(public)
        if exempt is None:
            exempt = () if hasattr(auth, "verify") else CREDENTIAL_PATHS
        self._exempt = exact_paths(exempt)
        self._realm = check_realm(realm)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its identity, or answer it."""
        if scope["type"] != "http":
            await self._no_http(scope, receive, send)
            return
        try:
            user = self._identify(scope)
        except AuthError as error:
            problem = self._problem(error)
            head = scope.get("method") == "HEAD"
            await problems.send(problem.without_body() if head else problem, send)
            return
        await self._app(_told(scope, user), receive, send)

    async def _no_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "websocket":
            await self._websocket(scope, receive, send)
        elif kind == "lifespan":
            await self._app(scope, receive, send)
        else:
            msg = f"scope type {kind!r} is not http, websocket or lifespan: its caller is unknown"
            raise ValueError(msg)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            offer = None if self._is_exempt(scope) else websocket.offer(scope)
            user = self._identify(scope) if offer is None else self._offered(scope, offer)
        except AuthError as error:
            await websocket.refuse(self._problem(error), scope, receive, send)
            return
        if offer is not None:
            scope, send = offer.removed_from(scope), websocket.confirming(send)
        await self._app(_told(scope, user), receive, send)

    def _identify(self, scope: Scope) -> User:
        if self._exempt and route_path(scope) in self._exempt:
            return ANONYMOUS
        header = authorization(scope)
        if header is not None:
            verification = self._verification or self._from_environment()
            user = verification.of_header(header)
            if user is not None:
                return user
        if self._public is None or route_path(scope) in self._public:
            return ANONYMOUS
        raise NotAuthenticatedError

    def _offered(self, scope: Scope, offer: websocket.Offer) -> User:
        header = authorization(scope)
        if header is not None and bearer_token(header) is not None:
            raise InvalidBearerError("send one access token: as a header or as a subprotocol")
        verification = self._verification or self._from_environment()
        return verification.of_token(offer.token)

    def _is_exempt(self, scope: Scope) -> bool:
        return bool(self._exempt) and route_path(scope) in self._exempt

    def _from_environment(self) -> Verification:
        self._verification = Verification(default_auth().tokens)
        return self._verification

    def _problem(self, error: AuthError) -> problems.Problem:
        problem = problems.problem_of(error, realm=self._realm)
        # Neither message holds a token. A fault is an operator's to mend, a refusal is daily bread.
        level = logging.ERROR if problem.status >= 500 else logging.DEBUG  # noqa: PLR2004
        logger.log(level, "request refused: %s", error)
        return problem


def _told(scope: Scope, user: User) -> Scope:
    # A copy: the caller's own scope stays as it was, and nothing preset survives (ASGI-11).
    told = {**scope}
    told["user"] = told["auth"] = told[KEY] = user
    return told


def _tokens_of(auth: HasTokens | Tokens) -> Tokens:
    tokens = cast("Tokens", getattr(auth, "tokens", auth))
    if not callable(getattr(tokens, "verify", None)):
        msg = f"auth must be an Auth or an AccessTokens, not {type(auth).__name__}"
        raise TypeError(msg)
    return tokens
