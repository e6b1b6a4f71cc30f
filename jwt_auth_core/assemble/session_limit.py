"""The limit that sessions count by themselves: how often the tokens of one may be presented."""

from __future__ import annotations

from jwt_auth_core.flows.address_limits import REFRESH
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.settings import Settings


def session_limit(settings: Settings) -> RecordLimit:
    """Return the limit; where nothing is limited it has no rates."""
    configured = settings.rate_limits
    return RecordLimit(Rule(REFRESH, () if configured.limits == "off" else configured.refresh))
