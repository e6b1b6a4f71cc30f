from jwt_auth_core.auth import Auth
from jwt_auth_core.default import decode_access_token, default_auth, safe_query, transaction
from jwt_auth_core.development import development_settings
from jwt_auth_core.errors import AuthError, TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.any_of import any_of
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.profile import TokenProfile
from jwt_auth_core.vocabulary import Client, Secret

__all__ = [
    "AccessTokens",
    "Auth",
    "AuthError",
    "Claims",
    "Client",
    "KeyRing",
    "Secret",
    "Settings",
    "TokenError",
    "TokenExpiredError",
    "TokenInvalidError",
    "TokenProfile",
    "any_of",
    "decode_access_token",
    "default_auth",
    "development_settings",
    "safe_query",
    "transaction",
]
