"""Who calls the auth app's own protected routes, with the middleware in front or without it."""

from __future__ import annotations

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.identity.credentials import authorization
from jwt_auth_asgi.identity.identity import AuthenticatedUser, user_of
from jwt_auth_asgi.identity.verification import Verification


def caller(scope: Scope, verification: Verification) -> AuthenticatedUser:
    """Return whom the access token names, as this application's own tokens have it.

    A middleware in front may believe other issuers, too. So its word counts where it says that nobody
    calls; a caller is looked up once more, which is a matter of memory where the tokens are the same.

    Raises:
        NotAuthenticatedError: there is no access token.
        TokenError: it is not valid.
        InvalidBearerError: there are several credentials.
    """
    found = user_of(scope)
    header = authorization(scope) if found is None or found.is_authenticated else None
    user = None if header is None else verification.of_header(header)
    if user is None:
        raise NotAuthenticatedError
    return user
