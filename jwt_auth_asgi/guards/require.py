"""`require`: the scopes that an endpoint needs, whatever framework calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.guard import Guard
from jwt_auth_asgi.guards.endpoint import Guarded
from jwt_auth_asgi.identity.current import GUARDS
from jwt_auth_asgi.identity.identity import AUTHENTICATED, MissingMiddlewareError, user_of
from jwt_auth_core.errors import AuthError, InsufficientScopeError
from jwt_auth_core.tokens.scope import render_scopes

T = TypeVar("T")


def require(*scopes: str) -> Callable[[T], T]:
    """Return a decorator of endpoints that lets in whose access token covers every one of ``scopes``.

    Without scopes everybody passes who has a valid token. Of use on functions, synchronous and not, on
    class-based endpoints and their methods, and on ASGI callables; of Starlette, FastAPI, Litestar, Quart,
    Django and of no framework, behind a `BearerMiddleware`. Below the framework's own decorator:
    ``@app.get("/reports")``, then ``@require("reports:read")``.

    The anonymous get 401, a token that lacks a scope 403 ``insufficient_scope`` (RFC 6750 section 3.1), each
    with its challenge; a websocket is refused before it is accepted.

    Raises:
        TypeError: the endpoint itself in place of scopes, or what cannot be guarded.
        ValueError: a scope that no token can carry, such as two in one text.
    """
    if any(map(callable, scopes)):
        raise TypeError("write @require() with its parentheses")
    render_scopes(scopes)
    needed = frozenset(scopes) - {AUTHENTICATED}

    def check(scope: Scope) -> AuthError | None:
        user = user_of(scope)
        if user is None:
            raise MissingMiddlewareError
        claims = user.claims
        if claims is None:
            return NotAuthenticatedError()
        return None if all(map(claims.allows, needed)) else InsufficientScopeError(needed)

    def decorate(endpoint: T) -> T:
        GUARDS.add("require")
        return cast("T", Guarded(check, Guard("require", tuple(sorted(scopes)))).around(endpoint))

    return decorate
