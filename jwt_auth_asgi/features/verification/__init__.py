"""The verification of an address: send the letter once more, and bring back what it had."""

from jwt_auth_asgi.features.verification.routes import FEATURE

__all__ = ["FEATURE"]
