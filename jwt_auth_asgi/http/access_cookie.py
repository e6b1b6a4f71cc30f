"""A door: what stands in `http.cookies.access_cookie` was documented under this name."""

from jwt_auth_asgi.http.cookies.access_cookie import TokenTooLargeError

__all__ = ["TokenTooLargeError"]
