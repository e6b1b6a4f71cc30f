"""The auth routes and dependencies for FastAPI."""

from jwt_auth_asgi.identity import AuthenticatedUser
from jwt_auth_fastapi.dependencies import (
    CurrentUser,
    MissingMiddlewareError,
    OptionalUser,
    decode_access_token,
    require_scopes,
)
from jwt_auth_fastapi.router import auth_router

__all__ = [
    "AuthenticatedUser",
    "CurrentUser",
    "MissingMiddlewareError",
    "OptionalUser",
    "auth_router",
    "decode_access_token",
    "require_scopes",
]
