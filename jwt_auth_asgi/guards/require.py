"""`require`: the scopes and the login that an endpoint needs, whatever framework calls it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar, Final, TypeVar, cast

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.gates.gate import Lines
from jwt_auth_asgi.gates.gated import Gated
from jwt_auth_asgi.guard import Guard
from jwt_auth_asgi.identity.assurance import check_authentication
from jwt_auth_asgi.identity.current import GUARDS
from jwt_auth_asgi.identity.identity import AUTHENTICATED, MissingMiddlewareError, user_of
from jwt_auth_core.assurance import Requirement
from jwt_auth_core.errors import InsufficientScopeError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.scope import render_scopes

T = TypeVar("T")

SHOWN: Final = "jwt_auth_shown"
"""The parameter by which FastAPI learns of the scopes; nothing is handed over by it."""


def require(
    *scopes: str, max_age: int | None = None, amr: Collection[str] = (), acr: str | None = None
) -> Callable[[T], T]:
    """Return a decorator of endpoints that lets in whose access token covers every one of ``scopes``.

    Without scopes everybody passes who has a valid token. Of use on functions, synchronous and not, on
    class-based endpoints and their methods, and on ASGI callables; of Starlette, FastAPI, Litestar, Quart,
    Django and of no framework, behind a `BearerMiddleware`. Below the framework's own decorator:
    ``@app.get("/reports")``, then ``@require("reports:read")``.

    The caller must have logged in no longer than ``max_age`` seconds ago, by every method of ``amr``
    (``pwd``, ``otp``), on the level ``acr`` or above (``aal2`` covers ``aal1``): a refresh renews none of
    that. A token that does not say so is not enough.

    The anonymous get 401, a token that lacks a scope 403 ``insufficient_scope`` (RFC 6750 section 3.1), a
    login that is not enough 401 ``insufficient_user_authentication`` (RFC 9470), each with its challenge; a
    websocket is refused before it is accepted.

    Raises:
        TypeError: the endpoint itself in place of scopes, what cannot be guarded, or one text as ``amr``.
        ValueError: a scope that no token can carry, such as two in one text; an age under a second.
    """
    if any(map(callable, scopes)):
        raise TypeError("write @require() with its parentheses")
    render_scopes(scopes)
    needed = frozenset(scopes) - {AUTHENTICATED}
    login = Requirement(max_age, amr, acr)

    gate = Requiring(needed, login)

    def decorate(endpoint: T) -> T:
        GUARDS.add("require")
        guard = Guard("require", tuple(sorted(scopes)), str(login))
        return cast("T", Gated(gate, SHOWN, guard).around(endpoint))

    return decorate


@dataclass(frozen=True, slots=True)
class Requiring:
    """The gate that lets in whose token covers some scopes, and whose login is enough."""

    is_problem: ClassVar[bool] = False

    scopes: frozenset[str]
    login: Requirement

    async def enter(self, scope: Scope) -> Lines:
        """Let in who may."""
        return self.enter_in_thread(scope)

    def enter_in_thread(self, scope: Scope) -> Lines:
        """Let in who may: nothing is waited for.

        Raises:
            MissingMiddlewareError: nobody found out who calls.
            NotAuthenticatedError: nobody calls.
            InsufficientScopeError: the token lacks a scope.
            InsufficientAuthenticationError: the login is not enough.
        """
        user = user_of(scope)
        if user is None:
            raise MissingMiddlewareError
        claims = user.claims
        if claims is None:
            raise NotAuthenticatedError
        if not all(map(claims.allows, self.scopes)):
            raise InsufficientScopeError(self.scopes)
        refusal = check_authentication(self.login, claims, scope) if self.login else None
        if refusal is not None:
            raise refusal
        return ()

    def unknown(self, _endpoint: object) -> Exception:
        """Only the middleware knows what is being served."""
        return MissingMiddlewareError()
