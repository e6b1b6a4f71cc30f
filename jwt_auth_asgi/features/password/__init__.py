"""A forgotten password: ask for a link by mail, and set another one by it."""

from jwt_auth_asgi.features.password.routes import FEATURE

__all__ = ["FEATURE"]
