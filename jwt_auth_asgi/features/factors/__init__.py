"""Second factors: a login goes on with one."""

from jwt_auth_asgi.features.factors.routes import FEATURE

__all__ = ["FEATURE"]
