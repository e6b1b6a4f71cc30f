"""Sessions: open one by logging in, renew it, list them, end them."""

from jwt_auth_asgi.features.sessions.routes import FEATURE

__all__ = ["FEATURE"]
