"""Signing in with others over HTTP."""

from jwt_auth_asgi.features.identities.routes import FEATURE

__all__ = ["FEATURE"]
