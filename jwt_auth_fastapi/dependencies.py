"""Dependencies: who calls, and what they may do, from what `BearerMiddleware` left in the scope.

No token is verified here and no thread is entered. FastAPI reads these signatures at run time,
so annotations are objects in this file, not texts.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Final

from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.guard import Guard, marked
from jwt_auth_asgi.identity.identity import (
    AUTHENTICATED,
    KEY,
    AuthenticatedUser,
    MissingMiddlewareError,
    user_of,
)
from jwt_auth_asgi.problems.challenge import DEFAULT_REALM, realm_of
from jwt_auth_asgi.problems.problem import Problem, problem_of
from jwt_auth_asgi.websockets.handshake import POLICY_VIOLATION, can_answer
from jwt_auth_core import default
from jwt_auth_core.errors import AuthError, InsufficientScopeError, MissingDriverError
from jwt_auth_core.tokens.scope import render_scopes

try:
    from fastapi import Depends, HTTPException, Security, WebSocket, WebSocketException
    from fastapi.requests import HTTPConnection
    from fastapi.security import SecurityScopes

    from jwt_auth_asgi.gates.starlette import tell
    from jwt_auth_fastapi.schemes import PasswordFlow, offer_scopes
except ModuleNotFoundError as missing:
    raise MissingDriverError("fastapi", extra="fastapi") from missing


logger = logging.getLogger("jwt_auth")


class _Required(PasswordFlow):
    """Hands over the caller, who has to be authenticated and hold the scopes that are asked for."""

    async def __call__(self, connection: HTTPConnection, needed: SecurityScopes) -> AuthenticatedUser:
        user = connection.scope.get(KEY)
        if type(user) is AuthenticatedUser and not needed.scopes:
            return user  # nearly always; a subclass or a request for scopes is looked at below
        user = _found(connection)
        if user is None:
            raise as_refusal(NotAuthenticatedError(), connection)
        return _scoped(user, needed.scopes, connection)


class _Optional(PasswordFlow):
    """Hands over the caller, or None for an anonymous one."""

    async def __call__(self, connection: HTTPConnection) -> AuthenticatedUser | None:
        return _found(connection)


def _found(connection: HTTPConnection) -> AuthenticatedUser | None:
    user = user_of(connection.scope)
    if user is None:
        raise MissingMiddlewareError
    return user if isinstance(user, AuthenticatedUser) else None


def _scoped(
    user: AuthenticatedUser, needed: Collection[str], connection: HTTPConnection
) -> AuthenticatedUser:
    if not all(scope == AUTHENTICATED or user.claims.allows(scope) for scope in needed):
        raise as_refusal(InsufficientScopeError(needed), connection)
    return user


class RefusalException(HTTPException):
    """The exception of a refusal, which knows the problem document that tells it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail, problem.own_headers)
        self.problem = problem


def as_refusal(error: AuthError, connection: HTTPConnection) -> Exception:
    """Return what refuses a request, or a websocket before it is accepted.

    Exception handlers of the application's own answer for it, and else the problem document does.
    """
    scope = connection.scope
    if isinstance(connection, WebSocket) and not can_answer(scope):
        return WebSocketException(POLICY_VIOLATION, str(error))
    return tell(RefusalException(problem_of(error, realm=realm_of(scope))), scope)


def as_http(error: AuthError, *, realm: str = DEFAULT_REALM) -> HTTPException:
    """Return what FastAPI answers with for an error of ours."""
    problem = problem_of(error, realm=realm)
    return HTTPException(problem.status, problem.detail, problem.own_headers)


current_user: Final = marked(_Required(), Guard("CurrentUser"))
"""The dependency of `CurrentUser` and `require_scopes`, for ``app.dependency_overrides`` in tests."""

optional_user: Final = _Optional()
"""The dependency of `OptionalUser`, for the same."""

CurrentUser = Annotated[AuthenticatedUser, Depends(current_user)]
"""Who calls. 401 when nobody is authenticated; a websocket is refused before it is accepted."""

OptionalUser = Annotated[AuthenticatedUser | None, Depends(optional_user)]
"""Who calls, or None."""


def require_scopes(*scopes: str) -> Callable[..., Awaitable[AuthenticatedUser]]:
    """Return a dependency that lets in whose access token carries every one of ``scopes``.

    Anybody else gets 403 with an ``insufficient_scope`` challenge, the anonymous 401. For use as
    ``dependencies=[Depends(require_scopes("topics:write"))]``, or in an `Annotated` parameter: its
    value is the caller.

    Raises:
        ValueError: no scope is named, or one that no token can carry, such as two in one text.
    """
    if not render_scopes(scopes):
        raise ValueError("name at least one scope")
    offer_scopes(scopes)

    async def scoped_user(
        connection: HTTPConnection,
        user: Annotated[AuthenticatedUser, Security(current_user, scopes=list(scopes))],
    ) -> AuthenticatedUser:
        return _scoped(user, scopes, connection)  # whoever put it there: a test may override `current_user`

    return marked(scoped_user, Guard("require_scopes", scopes))


def decode_access_token(token: str) -> str:
    """Return the user id of an access token, verified with the environment's settings.

    For routes that take the token from FastAPI's own `OAuth2PasswordBearer`.

    Raises:
        HTTPException: 401 with the challenge of RFC 6750; the detail of a token that is only too
            old is ``Access token expired``. 503 when the settings are at fault; the log has why.
    """
    try:
        return default.decode_access_token(token)
    except AuthError as error:
        refusal = as_http(error, realm=_default_realm())
        level = logging.ERROR if refusal.status_code >= 500 else logging.DEBUG  # noqa: PLR2004
        logger.log(level, "access token refused: %s", error)
        raise refusal from error


def _default_realm() -> str:
    try:
        return default.default_auth().settings.service_name
    except AuthError:
        return DEFAULT_REALM
