"""Passkeys over HTTP."""

from jwt_auth_asgi.features.passkeys.routes import FEATURE

__all__ = ["FEATURE"]
