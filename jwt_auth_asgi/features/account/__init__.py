"""The account: register, look at it, change its password."""

from jwt_auth_asgi.features.account.routes import FEATURE

__all__ = ["FEATURE"]
