"""A rule whose buckets stand in somebody else's record."""

from __future__ import annotations

import pytest

from jwt_auth_core.rate_limits import Backoff, MemoryLimits, Rate, RateLimitedError, Rule, Take, parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit

NOW = 1_800_000_000_000_000
RULE = Rule("refresh", parse_rates("3/minute;5/hour"))
LIMIT = RecordLimit(RULE)


def test_it_counts_as_a_store_does():
    """Through bursts and waits: what goes in a store of limits goes here, and refusals tell the same."""
    store, counts, at = MemoryLimits(), {}, NOW
    for step in (0, 0, 0, 0, 20, 0, 59, 60, 0, 3_600, 0, -100, 0, 0):
        at += step * 1_000_000
        verdicts = store.take([Take(RULE, "key")], now=at)
        after = LIMIT.counted(counts, at)
        assert (after is not None) == all(verdict.allowed for verdict in verdicts)
        if after is None:
            assert LIMIT.refusal(counts, at).verdicts == RateLimitedError(verdicts).verdicts
        counts = after or counts


def test_nothing_is_counted_of_what_is_refused():
    """Of a rate that would let it go, neither."""
    counts = dict.fromkeys(LIMIT.names, NOW)
    for _ in range(3):
        counts = LIMIT.counted(counts, NOW)
    assert LIMIT.counted(counts, NOW) is None
    assert counts == {"3/60": NOW + 60_000_000, "5/3600": NOW + 3 * 720_000_000}


def test_a_script_is_told_the_numbers():
    """Of each rate its name, after how many microseconds one more goes, and how many go at once."""
    assert LIMIT.words() == ("3/60", 20_000_000, 3, "5/3600", 720_000_000, 5)


def test_without_a_rate_all_goes():
    """And nothing is kept."""
    assert RecordLimit(Rule("refresh", ())).counted({}, NOW) == {}


def test_there_is_no_backoff():
    """A record has no room for strikes."""
    with pytest.raises(ValueError, match="no back-off"):
        RecordLimit(Rule("refresh", [Rate(5, 60, Backoff(60, 3600))]))
