"""Why a request was refused, for the developer who looks at the log; the client learns nothing of it."""

from __future__ import annotations

import logging
from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.identity import subprotocol
from jwt_auth_asgi.identity.credentials import authorization, presumed_token
from jwt_auth_asgi.identity.verification import VerifiesTokens
from jwt_auth_core.api_keys.key_text import PREFIX
from jwt_auth_core.errors import AuthError, TokenError, TokenInvalidError
from jwt_auth_core.tokens.any_of import AnyOf
from jwt_auth_core.tokens.verifier import TokenVerifier

_OF_KEYS: Final = "it begins as an API key, which only the Auth that made it knows"

logger = logging.getLogger("jwt_auth.bearer")


def is_asked_for() -> bool:
    """Tell whether somebody set this logger, or ours above it, to INFO; the level of all is no such wish."""
    ours = logger, logging.getLogger("jwt_auth")
    return any(logging.NOTSET < one.level <= logging.INFO for one in ours)


def explain_refusal(error: AuthError, scope: Scope, tokens: VerifiesTokens, *, is_wanted: bool) -> None:
    """Log why the *tokens* refused that of a request, and what to try; never the token itself.

    ``is_wanted`` says it where nobody has set up logging.
    """
    if not isinstance(error, TokenError) or not (is_wanted or is_asked_for()):
        return
    level = logging.WARNING if is_wanted else logging.INFO
    from jwt_auth_core.tokens.explain import remedy  # noqa: PLC0415 - in development alone

    token = _token(scope)
    if token.startswith(PREFIX):
        hint = _OF_KEYS
    else:
        reason = error.reason if isinstance(error, TokenInvalidError) else ""
        hint = remedy(token, profile=_profile(tokens, token), reason=reason) if token else ""
    logger.log(level, "%s%s", error, f" ({hint})" if hint else "")


def _profile(tokens: VerifiesTokens, token: str) -> str | None:
    """Return the name of the profile by which a token was judged."""
    try:
        part = tokens.part_of(token) if isinstance(tokens, AnyOf) else tokens
    except TokenInvalidError:
        return None
    return part.profile.name if isinstance(part, TokenVerifier) else None


def _token(scope: Scope) -> str:
    try:
        header = authorization(scope)
        token = b"" if header is None else presumed_token(header) or b""
        if token or scope["type"] != "websocket":
            return token.decode("latin-1")
        offer = subprotocol.offer(scope)
    except AuthError:
        return ""
    return "" if offer is None else offer.token
