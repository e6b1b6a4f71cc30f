"""What may be asked of a store of limits."""

from __future__ import annotations

import pytest

from jwt_auth_core.rate_limits import MemoryLimits, RateLimitedError, Rule, Take, parse_rates

TEN = parse_rates("10/minute")
ONE = Rule("one", TEN, group="login")


@pytest.mark.parametrize("name", ["", "Login", "a:b", "a{b", "a b", "-a", "ä"])
def test_a_name_has_no_sign_of_a_key(name):
    """Neither a rule nor a group can be named so that its keys are another's."""
    with pytest.raises(ValueError, match="lower-case"):
        Rule(name, TEN)
    with pytest.raises(ValueError, match="lower-case"):
        Rule("login", TEN, group=name)


@pytest.mark.parametrize("key", ["", "ada@example.com", "192.0.2.1", "a" * 65])
def test_stores_take_no_addresses(key):
    """What is no digest never reaches one (LOG-1)."""
    with pytest.raises(ValueError, match="digests"):
        Take(ONE, key)


def test_a_cost_is_not_negative():
    """Nobody gives himself more by taking less than nothing."""
    with pytest.raises(ValueError, match="cost"):
        Take(ONE, "key", -1)


@pytest.mark.parametrize("other", [Rule("two", TEN), Rule("two", TEN, group="else")])
def test_rules_of_one_request_have_one_group(other):
    """In every store, since a cluster could not judge them as one."""
    with pytest.raises(ValueError, match="group"):
        MemoryLimits().take([Take(ONE, "key"), Take(other, "key")])
    with pytest.raises(ValueError, match="group"):
        MemoryLimits().take([Take(other, "key"), Take(Rule("three", TEN), "key")])


def test_a_rule_takes_a_key_once_a_request():
    """Twice would judge the second as if the first had not been."""
    with pytest.raises(ValueError, match="cost"):
        MemoryLimits().take([Take(ONE, "key"), Take(ONE, "key")])


def test_a_cluster_is_told_what_belongs_together():
    """The buckets of a group, or else of a key, whatever their rates."""
    assert ONE.buckets("key") == ["one:10/60:{login}key"]
    assert Rule("two", parse_rates("1/second;5/minute")).buckets("k") == ["two:1/1:{k}", "two:5/60:{k}"]


def test_a_refusal_says_the_longest_wait():
    """That of the rate that refused, not of those that would let it go."""
    store = MemoryLimits()
    rule = Rule("two", parse_rates("2/second;2/hour"))
    store.take([Take(rule, "key", 2)])
    error = RateLimitedError(store.take([Take(rule, "key")]))
    assert error.retry_after == 1800
    assert str(error) == "too many requests; try again in 1800 seconds"
    assert error.code == "rate_limited"
