"""Guards: what an endpoint of any framework needs, said beside it."""

from jwt_auth_asgi.guards.require import require

__all__ = ["require"]
