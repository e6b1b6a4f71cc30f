"""For the tests of applications: callers that a test makes up, and proof that no route is forgotten."""

from jwt_auth_asgi.testing.headers import headers_for

__all__ = ["headers_for"]
