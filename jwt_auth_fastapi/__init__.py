"""The auth routes and dependencies for FastAPI."""

from jwt_auth_asgi.identity.identity import AuthenticatedUser, MissingMiddlewareError
from jwt_auth_fastapi.dependencies import (
    CurrentUser,
    OptionalUser,
    current_user,
    decode_access_token,
    optional_user,
    require_scopes,
)
from jwt_auth_fastapi.rate_limits import rate_limit
from jwt_auth_fastapi.require import require
from jwt_auth_fastapi.router import auth_router
from jwt_auth_fastapi.transactions import in_transaction

__all__ = [
    "AuthenticatedUser",
    "CurrentUser",
    "MissingMiddlewareError",
    "OptionalUser",
    "auth_router",
    "current_user",
    "decode_access_token",
    "in_transaction",
    "optional_user",
    "rate_limit",
    "require",
    "require_scopes",
]
