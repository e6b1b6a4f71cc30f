"""Rate limits: how often something may be done, counted in one place for all processes."""

from jwt_auth_core.rate_limits.fallback import FallbackLimits
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.memory import MemoryLimits
from jwt_auth_core.rate_limits.rate import Backoff, Rate, parse_backoff, parse_rates
from jwt_auth_core.rate_limits.rule import RateLimitedError, Rule, Take, Taken, Verdict
from jwt_auth_core.rate_limits.store import RateLimitStore

__all__ = [
    "Backoff",
    "FallbackLimits",
    "MemoryLimits",
    "Rate",
    "RateLimitStore",
    "RateLimitedError",
    "RateLimits",
    "Rule",
    "Take",
    "Taken",
    "Verdict",
    "parse_backoff",
    "parse_rates",
]
