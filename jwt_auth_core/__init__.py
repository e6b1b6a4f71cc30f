"""Passwords, keys, access tokens, refresh sessions, users and safe queries; no web framework.

The names are loaded at their first use (PEP 562), so that importing the package costs a
millisecond. What they are, type checkers and editors read in ``__init__.pyi``.
"""

# pyright: reportUnsupportedDunderAll=false
# Nothing is bound here before it is asked for.

from importlib import import_module

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

_HOMES = {
    "AccessTokens": "tokens.access",
    "Auth": "auth",
    "AuthError": "errors",
    "Claims": "tokens.claims",
    "Client": "vocabulary",
    "KeyRing": "keys.ring",
    "Secret": "vocabulary",
    "Settings": "settings",
    "TokenError": "errors",
    "TokenExpiredError": "errors",
    "TokenInvalidError": "errors",
    "TokenProfile": "tokens.profile",
    "any_of": "tokens.any_of",
    "decode_access_token": "default",
    "default_auth": "default",
    "development_settings": "development",
    "safe_query": "default",
    "transaction": "default",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
