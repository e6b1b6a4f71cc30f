"""Who calls: the user in the scope, how a token comes and is verified, whether it was revoked."""

from jwt_auth_asgi.identity.identity import ANONYMOUS, KEY, AnonymousUser, AuthenticatedUser, User, user_of

__all__ = ["ANONYMOUS", "KEY", "AnonymousUser", "AuthenticatedUser", "User", "user_of"]
