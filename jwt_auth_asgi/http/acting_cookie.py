"""A door: what stands in `http.cookies.acting_cookie` was documented under this name."""

from jwt_auth_asgi.http.cookies.acting_cookie import ActingError, NothingWaitsError

__all__ = ["ActingError", "NothingWaitsError"]
