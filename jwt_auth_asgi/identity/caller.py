"""Who calls the auth app's own protected routes, with the middleware in front or without it."""

from __future__ import annotations

from typing import TypedDict, Unpack

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError, RequestError
from jwt_auth_asgi.http.cookies.access_cookie import AccessCookie
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.identity.credentials import authorization, presumed_token
from jwt_auth_asgi.identity.identity import PRESENTED, AuthenticatedUser, user_of
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core.admin.impersonation import is_impersonation
from jwt_auth_core.api_keys.key_text import is_key
from jwt_auth_core.tokens.claims import ACTOR, Claims


class UserRequiredError(RequestError):
    """Raised when an API key, a client or who acts for a user asks for what only that user may do."""

    code = "user_required"
    status = 403

    def __init__(self) -> None:
        super().__init__("a user who has logged in may do this; an API key or a client may not")


class Accepted(TypedDict, total=False):
    """Who else than a user, with a token that was looked at, is served: False where it is left out.

    ``is_exempt``: the path is one where no middleware looked at it. ``may_be_admin``: an admin may act for
    the user (docs/admin.md), because nothing of the account is changed.
    """

    is_exempt: bool
    may_be_admin: bool


def caller(
    scope: Scope, verification: Verification, cookie: AccessCookie, **accepted: Unpack[Accepted]
) -> AuthenticatedUser:
    """Return the user whom the access token names; see `bearer`.

    Raises:
        NotAuthenticatedError: there is no access token.
        UserRequiredError: it is an API key's, by its looks, a client's, or of whoever acts for the user.
        TokenError: it is not valid.
        InvalidBearerError: there are several credentials.
    """
    user = bearer(scope, verification, cookie, is_exempt=accepted.get("is_exempt", False))
    may_be_admin = accepted.get("may_be_admin", False) and _is_by_admin(user.claims)
    is_acted_for = ACTOR in user.claims.extra and not may_be_admin
    if user.kind != "user" or is_acted_for:
        raise UserRequiredError
    return user


def bearer(
    scope: Scope, verification: Verification, cookie: AccessCookie, *, is_exempt: bool = False
) -> AuthenticatedUser:
    """Return whom the access token names, a user or a client, as this application's own tokens have it.

    A middleware in front may believe other issuers, too. So its word counts where it says that nobody
    calls; a caller is looked up once more, which is a matter of memory where the tokens are the same.
    On a path that is exempt (``is_exempt``) it has not looked, and its word is none. Where it found somebody
    without a header, a cookie named them, whose origin it has looked at.

    Raises:
        NotAuthenticatedError: there is no access token.
        UserRequiredError: it is an API key's, by its looks.
        TokenError: it is not valid.
        InvalidBearerError: there are several credentials.
    """
    found = user_of(scope)
    header = authorization(scope) if is_exempt or found is None or found.is_authenticated else None
    if found is not None and found.is_authenticated and not _is_bearer(header):
        header = _by_cookie(scope, cookie)
    if header is not None and is_key((presumed_token(header) or b"").decode("latin-1")):
        raise UserRequiredError  # whether it is anybody's makes no difference, and nobody is asked
    user = None if header is None else verification.of_header(header)
    if user is None:
        raise NotAuthenticatedError
    return user


def _is_by_admin(claims: Claims) -> bool:
    """Tell whether an admin acts, and nobody for that admin: such a token was exchanged, for elsewhere."""
    return is_impersonation(claims.session_id) and len(claims.actors) == 1


def _is_bearer(header: bytes | None) -> bool:
    return header is not None and header[:7].lower() == b"bearer "


def _by_cookie(scope: Scope, cookie: AccessCookie) -> bytes | None:
    exchanged = scope.get(PRESENTED)
    if isinstance(exchanged, bytes):
        return exchanged
    token = cookie.read(lines(scope, b"cookie"))
    return None if token is None else b"Bearer " + token.reveal().encode("ascii")
