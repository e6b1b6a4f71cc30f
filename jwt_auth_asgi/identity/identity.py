"""Who calls: what the middleware leaves in the scope, in the shape of Starlette's contract.

One object stands under ``scope["user"]`` and ``scope["auth"]``, for applications, and under
``scope[KEY]``, which proves to our own adapters that the middleware ran, whatever another
middleware put over the other two.
"""

from __future__ import annotations

from typing import Final, Literal

from jwt_auth_asgi.asgi import Scope
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.covering import covering

KEY: Final = "jwt_auth.user"
PRESENTED: Final = "jwt_auth.presented"
"""Where the middleware leaves the Authorization header that a cookie of the request was exchanged for."""
AUTHENTICATED: Final = "authenticated"
"""A scope in Starlette's own example; whoever has a token has it."""


Kind = Literal["user", "api_key", "client"]
"""What calls."""


class MissingMiddlewareError(RuntimeError):
    """Raised when an endpoint asks who calls in an application that `BearerMiddleware` does not wrap."""

    def __init__(self) -> None:
        super().__init__("no BearerMiddleware ran: add app.add_middleware(BearerMiddleware, auth=auth)")


class Scopes(list[str]):
    """What was granted, sorted; a class because of ``in``, by which Starlette's `@requires` asks.

    It is the covering rule (`Claims.allows`), and knows ``authenticated`` too.
    """

    __slots__ = ()

    def __contains__(self, scope: object) -> bool:
        """Tell whether a scope was granted, or goes without saying."""
        if scope == AUTHENTICATED or super().__contains__(scope):
            return True
        return isinstance(scope, str) and covering(frozenset(self), scope) is not None


@dataclass(frozen=True, slots=True)
class AuthenticatedUser:
    """The subject of a verified access token or key; ``claims`` has all that it says.

    Read-only, and the same object in every request with the same token.
    """

    claims: Claims

    @property
    def is_authenticated(self) -> bool:
        """Always true."""
        return True

    @property
    def identity(self) -> str:
        """The token's subject: the user's id."""
        return self.claims.subject

    @property
    def display_name(self) -> str:
        """The user's id again: an access token carries no name."""
        return self.claims.subject

    @property
    def kind(self) -> Kind:
        """What calls: a ``user``, a ``client`` on its own behalf, or an ``api_key`` of a user."""
        return "client" if self.claims.client_id == self.claims.subject else "user"

    @property
    def scopes(self) -> Scopes:
        """The granted scopes, sorted; a list of the caller's own, as Starlette has it."""
        return Scopes(sorted(self.claims.scopes))

    @property
    def session_id(self) -> str | None:
        """The refresh session that the token came from, if any."""
        return self.claims.session_id

    @property
    def issuer(self) -> str | None:
        """Whose subject it is, where tokens of a certain issuer are expected."""
        return self.claims.issuer

    @property
    def roles(self) -> list[str]:
        """What the token's issuer calls the roles of its subject, sorted."""
        return sorted(self.claims.roles)

    @property
    def actor(self) -> str | None:
        """Who calls on the user's behalf, a client by its id (RFC 8693); None where the user calls."""
        return self.claims.actor

    @property
    def auth_time(self) -> int | None:
        """When the user proved who they are, in seconds since the epoch; a refresh does not change it."""
        return self.claims.auth_time

    @property
    def amr(self) -> list[str]:
        """How they did, sorted: ``pwd``, ``otp`` and other words of RFC 8176."""
        return sorted(self.claims.amr)

    @property
    def acr(self) -> str | None:
        """How sure that is: ``aal1``, ``aal2``, or what another issuer says."""
        return self.claims.acr


@dataclass(frozen=True, slots=True)
class AnonymousUser:
    """A caller without credentials."""

    claims: None = None

    @property
    def is_authenticated(self) -> bool:
        """Always false."""
        return False

    @property
    def identity(self) -> str:
        """Empty."""
        return ""

    @property
    def display_name(self) -> str:
        """Empty."""
        return ""

    @property
    def kind(self) -> None:
        """Nothing."""

    @property
    def scopes(self) -> list[str]:
        """Empty."""
        return []

    @property
    def session_id(self) -> None:
        """Nothing."""

    @property
    def issuer(self) -> None:
        """Nobody."""

    @property
    def roles(self) -> list[str]:
        """Empty."""
        return []

    @property
    def actor(self) -> None:
        """Nobody."""

    @property
    def auth_time(self) -> None:
        """Never."""

    @property
    def amr(self) -> list[str]:
        """Empty."""
        return []

    @property
    def acr(self) -> None:
        """Nothing."""


User = AuthenticatedUser | AnonymousUser

ANONYMOUS: Final = AnonymousUser()


_USERS: Final = (AuthenticatedUser, AnonymousUser)


def user_of(scope: Scope) -> User | None:
    """Return what `BearerMiddleware` found out about the caller; None when it did not run."""
    user = scope.get(KEY)
    return user if isinstance(user, _USERS) else None
