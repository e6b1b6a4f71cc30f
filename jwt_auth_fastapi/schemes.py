"""How the document of an application shows the ways to authenticate; nothing here authenticates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from inspect import Signature
from typing import Any, ClassVar, Final

from fastapi.openapi.models import OAuth2, OAuthFlowPassword, OAuthFlows, SecurityScheme
from fastapi.security.base import SecurityBase
from pydantic import TypeAdapter

from jwt_auth_asgi.app.openapi import cookie_scheme
from jwt_auth_asgi.features.operations import COOKIE, PASSWORD_FLOW
from jwt_auth_asgi.identity.current import WRAPPING
from jwt_auth_fastapi.shown_routes import dependants

_SCHEME: Final[TypeAdapter[SecurityScheme]] = TypeAdapter(SecurityScheme)

# FastAPI reads the schemes of all routes in one go and keeps the last of a name: that of a dependency,
# which knows no router, says what the router's said before it.
_LOGIN_URL: Final[ContextVar[str]] = ContextVar("jwt_auth_login_url", default="auth/login")


# The scopes that an authorization server has: whatever the endpoints of its process ask for.
_SCOPES: Final[set[str]] = set()


def offer_scopes(scopes: Iterable[str]) -> None:
    """Have the password flow list these scopes, in every document from now on."""
    _SCOPES.update(scopes)


class _Unseeing:
    """Looks at nothing: FastAPI reads the scheme, the handler the request."""

    # Found at once; without it, each scheme of each route would be looked through for parameters.
    __signature__: ClassVar = Signature()

    async def __call__(self) -> None:
        """Do nothing."""


class PasswordFlow(SecurityBase):
    """OAuth2's password flow, for Authorize in ``/docs``; a class because FastAPI looks for one.

    The URL is relative, so that it is found from the page wherever the application is mounted, and
    behind a proxy that takes a prefix off.
    """

    def __init__(self) -> None:
        self.scheme_name = PASSWORD_FLOW

    @property
    def model(self) -> OAuth2:  # type: ignore[override] # read when the document is made
        """The scheme as OpenAPI has it."""
        password = OAuthFlowPassword(tokenUrl=self._token_url(), scopes=dict.fromkeys(sorted(_SCOPES), ""))
        return OAuth2(flows=OAuthFlows(password=password))

    def _token_url(self) -> str:
        return _LOGIN_URL.get()


def _offer_scopes_of(app: object) -> None:
    """Have it list what the routes of an application ask of whoever calls: `Security(..., scopes=[...])`."""
    for dependant in dependants(app):
        offer_scopes(_asked(dependant))


def _asked(dependant: Any, above: frozenset[str] = frozenset()) -> Iterator[str]:
    # Older versions have the scopes of Security(...) under the second name.
    own = getattr(dependant, "own_oauth_scopes", None) or getattr(dependant, "security_scopes", None) or ()
    asked = above.union(own)
    if isinstance(dependant.call, PasswordFlow):
        yield from asked
    for inner in dependant.dependencies:
        yield from _asked(inner, asked)


WRAPPING.add(_offer_scopes_of)


class ShownFlow(_Unseeing, PasswordFlow):
    """The same beside a route that something else guards."""


class RouterFlow(_Unseeing, PasswordFlow):
    """The same of a router, which learns where it is included; what it says, the dependencies repeat."""

    def __init__(self) -> None:
        super().__init__()
        self.login_url = _LOGIN_URL.get()

    def _token_url(self) -> str:
        _LOGIN_URL.set(self.login_url)
        return self.login_url


class CookieShown(_Unseeing, SecurityBase):
    """The refresh cookie, whose name the settings know; a class because FastAPI looks for one."""

    def __init__(self, name: Callable[[], str]) -> None:
        self.scheme_name = COOKIE
        self._name = name

    @property
    def model(self) -> SecurityScheme:  # type: ignore[override] # read when the document is made
        """The scheme as OpenAPI has it."""
        return _SCHEME.validate_python(cookie_scheme(self._name()))


class Shown(_Unseeing, SecurityBase):
    """Any other scheme; a class because FastAPI looks for one."""

    def __init__(self, name: str, model: dict[str, Any]) -> None:
        self.scheme_name = name
        self.model = _SCHEME.validate_python(model)


Scheme = RouterFlow | CookieShown | Shown
"""What stands beside a route of the router."""
