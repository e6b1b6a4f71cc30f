"""OAuth for clients and other services: the token endpoint, introspection, revocation, keys, metadata."""

from jwt_auth_asgi.features.oauth.routes import FEATURE

__all__ = ["FEATURE"]
