"""The header fields of a limit: draft-ietf-httpapi-ratelimit-headers-10, structured fields (RFC 9651).

``RateLimit-Policy`` names each rate of a rule with its quota ``q`` and its window ``w`` in seconds,
``RateLimit`` what remains of it, ``r``, and in how many seconds there is more, ``t``. Nobody's key stands in
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.rate_limits.rate import MICROSECONDS, Rate
from jwt_auth_core.rate_limits.rule import RateLimitedError, Verdict

Lines = tuple[tuple[bytes, bytes], ...]

# A browser shows a page no header of another origin that is not on this list.
_EXPOSED: Final = (b"access-control-expose-headers", b"Retry-After, RateLimit, RateLimit-Policy")


def of_refusal(error: AuthError) -> Lines:
    """Return the lines of a refusal: when to come again, and what is used up.

    Of the rates that would have let it go nothing is said: one of them may count what others do.
    """
    if not isinstance(error, RateLimitedError):
        return ()
    refusing = [verdict for verdict in error.verdicts if not verdict.allowed]
    return ((b"retry-after", b"%d" % max(1, error.retry_after)), *of_verdicts(refusing), _EXPOSED)


def of_verdicts(verdicts: Sequence[Verdict]) -> Lines:
    """Return the two lines that tell of the verdicts; none where nothing is limited."""
    if not verdicts:
        return ()
    names = [_name(verdict.rule.name, verdict.rate, len(verdict.rule.rates)) for verdict in verdicts]
    policies = [
        f"{name};q={one.rate.count};w={one.rate.seconds}" for name, one in zip(names, verdicts, strict=True)
    ]
    limits = [_limit(name, verdict) for name, verdict in zip(names, verdicts, strict=True)]
    return (
        (b"ratelimit-policy", ", ".join(policies).encode("ascii")),
        (b"ratelimit", ", ".join(limits).encode("ascii")),
    )


def _name(rule: str, rate: Rate, rates: int) -> str:
    """Return the name of a policy: its rule's, and where that has several rates, the rate."""
    return f'"{rule}"' if rates == 1 else f'"{rule}:{rate}"'


def _limit(name: str, verdict: Verdict) -> str:
    seconds = _more_after(verdict)
    more = "" if seconds is None else f";t={seconds}"
    return f"{name};r={verdict.remaining}{more}"


def _more_after(verdict: Verdict) -> int | None:
    """Return in how many seconds one more would go; None where nothing is missing."""
    if not verdict.allowed:
        return verdict.retry_after
    if verdict.reset_after is None:
        return None
    others = verdict.rate.count - verdict.remaining - 1  # those that come back after it
    return max(1, verdict.reset_after - others * verdict.rate.interval // MICROSECONDS)
