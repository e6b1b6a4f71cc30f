"""What the calls carry: nothing, a bad token, one that ran out, and a good one without a scope."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from jwt_auth_asgi.testing.headers import SUBJECT, bearer, tokens_of
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens

WITHOUT: Final = "without"
BAD: Final = "bad"
EXPIRED: Final = "expired"
SCOPELESS: Final = "scopeless"
_AGO_SECONDS: Final = 3600  # whatever leeway there is, it is less


def credentials(auth: object) -> dict[str, Mapping[str, str]]:
    """Return the headers of each call; two are left out where nothing signs, as of another issuer."""
    stranger = AccessTokens(KeyRing.from_secret(secrets.token_urlsafe(48)))
    found: dict[str, Mapping[str, str]] = {WITHOUT: {}, BAD: bearer(stranger.issue(subject=SUBJECT))}
    try:
        tokens = tokens_of(auth)
        then = int(tokens.now()) - tokens.ttl_seconds - _AGO_SECONDS
        found[EXPIRED] = bearer(tokens.issue(subject=SUBJECT, now=then))
        found[SCOPELESS] = bearer(tokens.issue(subject=SUBJECT))
    except (TypeError, ValueError):
        pass
    return found
