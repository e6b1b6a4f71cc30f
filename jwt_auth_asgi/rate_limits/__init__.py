"""Limits of the application's own routes: `rate_limit`, for any ASGI framework."""

from jwt_auth_asgi.rate_limits.decorator import rate_limit

__all__ = ["rate_limit"]
