"""Access tokens: what they say, issuing and verifying."""

from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.limits import Limits

__all__ = ["AccessTokens", "Claims", "Limits"]
