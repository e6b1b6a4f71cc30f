"""Guards: what an endpoint of any framework needs, said beside it."""

from jwt_auth_asgi.guards.authorization import authorize, authorize_sync
from jwt_auth_asgi.guards.require import require

__all__ = ["authorize", "authorize_sync", "require"]
