"""Limits: the group that flows, edges and applications ask."""

from __future__ import annotations

from typing import Final

from jwt_auth_core.assemble.storage import Stores
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits.fallback import FallbackLimits
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.settings import Settings

_PURPOSE: Final = b"jwt-auth rate limits"


def rate_limits(settings: Settings, stores: Stores) -> RateLimits:
    """Return the group; what is counted is under digests that only the holder of ``JWT_KEY`` can make."""
    secret = PreparedMac(settings.jwt_key.reveal().encode()).digest(_PURPOSE)
    return RateLimits(
        FallbackLimits(stores.limits),
        {},
        PreparedMac(secret),
        is_on=settings.rate_limits.limits != "off",
    )
