"""Why a request was refused, for the developer who looks at the log; the client learns nothing of it."""

from __future__ import annotations

import logging

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.identity import subprotocol
from jwt_auth_asgi.identity.credentials import authorization, presumed_token
from jwt_auth_core.errors import AuthError

logger = logging.getLogger("jwt_auth.bearer")


def is_asked_for() -> bool:
    """Tell whether somebody set this logger, or ours above it, to INFO; the level of all is no such wish."""
    ours = logger, logging.getLogger("jwt_auth")
    return any(logging.NOTSET < one.level <= logging.INFO for one in ours)


def explain_refusal(error: AuthError, scope: Scope) -> None:
    """Log why the token of a request was refused, and what to try; never the token itself."""
    from jwt_auth_core.tokens.explain import remedy  # noqa: PLC0415 - in development alone

    token = _token(scope)
    hint = remedy(token) if token else ""
    logger.info("%s%s", error, f" ({hint})" if hint else "")


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
