"""The login by e-mail: ask for a letter, and bring back what it had, in one browser."""

from jwt_auth_asgi.features.email_login.routes import FEATURE

__all__ = ["FEATURE"]
