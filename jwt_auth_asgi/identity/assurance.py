"""Assurance: how a caller was authenticated, held against what is asked for, by the clock of the tokens."""

from __future__ import annotations

import time

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.home import home_of
from jwt_auth_core.assurance import InsufficientAuthenticationError, Requirement
from jwt_auth_core.tokens.claims import Claims


def check_authentication(
    requirement: Requirement, claims: Claims, scope: Scope
) -> InsufficientAuthenticationError | None:
    """Return what to ask the caller of a request for; None where its token says enough."""
    home = home_of(scope)
    now = _time_of(None if home is None else home.auth)
    return requirement.check(auth_time=claims.auth_time, amr=claims.amr, acr=claims.acr, now=now)


def _time_of(auth: object) -> float:
    """Return the time by which the tokens of an `Auth`, or of what else verifies them, are judged."""
    now: float = getattr(getattr(auth, "tokens", auth), "now", time.time)()
    return now
