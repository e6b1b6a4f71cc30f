"""The door of the desk: who may open its pages.

Nothing of a user is on them: the API decides what is shown.
"""

from __future__ import annotations

from enum import Enum
from typing import Final
from urllib.parse import quote

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.paths import whole_path
from jwt_auth_asgi.http.site_path import path_of_ours
from jwt_auth_asgi.identity.caller import UserRequiredError
from jwt_auth_asgi.identity.credentials import authorization
from jwt_auth_asgi.identity.identity import user_of
from jwt_auth_core.admin.admin import ADMIN
from jwt_auth_core.errors import TokenError

_LOGIN: Final = "../account/login"


class Door(Enum):
    """What becomes of who comes.

    ``OPEN`` is also for a browser that has a login which no middleware has looked at: the page's script
    begins it anew, or goes to the login.
    """

    OPEN = "open"
    LOGIN = "login"
    REFUSED = "refused"


async def door(service: Service, scope: Scope) -> Door:
    """Return what becomes of who asks for a page.

    Raises:
        InvalidBearerError: there are several credentials.
        UnavailableError: nobody knows whether the token was revoked, and the policy wants to know.
    """
    try:
        user = await service.caller(scope)
    except (NotAuthenticatedError, TokenError):
        has_login = service.cookie.read(lines(scope, b"cookie")) is not None
        return Door.OPEN if has_login else Door.LOGIN
    except UserRequiredError:  # who acts for somebody is that user, as far as any page goes
        return Door.REFUSED
    return Door.OPEN if user.claims.allows(ADMIN) else Door.REFUSED


def is_known_by_cookie(scope: Scope) -> bool:
    """Tell whether a middleware knew by a cookie who comes: then it knows so elsewhere, too."""
    user = user_of(scope)
    return user is not None and user.is_authenticated and authorization(scope) is None


def login_place(scope: Scope) -> str:
    """Return the page to sign in, with the way back to the page that was asked for."""
    query = scope.get("query_string", b"").decode("latin-1")
    back = path_of_ours(quote(whole_path(scope)) + (f"?{query}" if query else ""))
    return _LOGIN if back is None else f"{_LOGIN}?next={quote(back, safe='/')}"
