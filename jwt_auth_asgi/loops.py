"""A door: what stands in `executors.loops` was documented under this name."""

from jwt_auth_asgi.executors.loops import AsyncioRequiredError

__all__ = ["AsyncioRequiredError"]
