"""Who calls the auth app's own protected routes, with the middleware in front or without it."""

from __future__ import annotations

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.credentials import authorization
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.identity import AuthenticatedUser, user_of
from jwt_auth_asgi.verification import Verification


def caller(scope: Scope, verification: Verification) -> AuthenticatedUser:
    """Return the caller that `BearerMiddleware` found; verify the header where it did not run.

    Raises:
        NotAuthenticatedError: there is no access token.
        TokenError: it is not valid.
        InvalidBearerError: there are several credentials.
    """
    user = user_of(scope)
    if user is None:
        header = authorization(scope)
        user = None if header is None else verification.of_header(header)
    if not isinstance(user, AuthenticatedUser):
        raise NotAuthenticatedError
    return user
