"""Whom a limit has just refused is refused again without asking."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.problems.refusals import MOST, Refusals
from jwt_auth_core.rate_limits import RateLimitedError, Rule, Verdict, parse_rates

LOGIN, ACCOUNT = (Rule(name, parse_rates("3/minute")) for name in ("login", "account"))
HERE, THERE = "198.51.100.7", "203.0.113.9"


class Clock:
    """A monotonic clock that the test holds."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def refusals(clock):
    return Refusals(monotonic=clock)


def refusal(rule=LOGIN, seconds=20):
    """Return what a limit raises."""
    return RateLimitedError([Verdict(rule, rule.rates[0], False, 0, seconds, 60)])


def refused(refusals, key=HERE, rules=("login",)):
    """Tell whether a key is refused."""
    try:
        refusals.check(key, rules=rules)
    except RateLimitedError:
        return True
    return False


def test_a_refusal_holds_for_a_second(refusals, clock):
    """After that, the limit is asked."""
    refusals.note(HERE, refusal(), rules={"login"})
    assert refused(refusals)
    clock.now += 0.9
    assert refused(refusals)
    clock.now += 0.1
    assert not refused(refusals)
    assert not refused(refusals)


def test_it_is_the_refusal_that_the_limit_gave(refusals):
    """The answer has the same figures, and each is an error of its own."""
    first = refusal()
    refusals.note(HERE, first, rules={"login"})
    with pytest.raises(RateLimitedError) as again:
        refusals.check(HERE, rules={"login"})
    assert (again.value.verdicts, again.value.retry_after) == (first.verdicts, 20)
    assert again.value is not first


def test_it_holds_for_nobody_else(refusals):
    """Another key, another rule."""
    refusals.note(HERE, refusal(), rules={"login"})
    assert not refused(refusals, THERE)
    assert not refused(refusals, rules=("register",))
    assert refused(refusals, rules=("register", "login"))


def test_what_counts_accounts_is_not_remembered(refusals):
    """The same address may log in to another account."""
    refusals.note(HERE, refusal(ACCOUNT), rules={"login"})
    assert not refused(refusals, rules=("login", "account"))


def test_nobody_waits_longer_than_the_limit_says(refusals, clock):
    """Two seconds, rounded up, may be little more than one; one may be none."""
    refusals.note(HERE, refusal(seconds=1), rules={"login"})
    assert not refused(refusals)
    refusals.note(HERE, refusal(seconds=2), rules={"login"})
    clock.now += 1
    assert not refused(refusals)


def test_a_rule_that_allowed_is_not_remembered(refusals):
    """Only who refused."""
    verdicts = [Verdict(LOGIN, LOGIN.rates[0], True, 2, 0, 20), *refusal(ACCOUNT).verdicts]
    refusals.note(HERE, RateLimitedError(verdicts), rules={"login"})
    assert not refused(refusals)


def test_so_many_are_remembered(refusals):
    """A flood of addresses makes the oldest forgotten, and nothing grow."""
    for number in range(MOST + 10):
        refusals.note(str(number), refusal(), rules={"login"})
    known = [refused(refusals, str(number)) for number in range(MOST + 10)]
    assert known == [False] * 10 + [True] * MOST
