"""The group that flows and applications ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits import (
    FallbackLimits,
    MemoryLimits,
    RateLimitedError,
    RateLimits,
    Rule,
    parse_rates,
)
from jwt_auth_core.vocabulary import UserId

EMAIL = "ada@example.com"
RULES = [
    Rule("login", parse_rates("10/day"), group="login"),
    Rule("failures", parse_rates("3/day"), group="login"),
    Rule("off", ()),
]


@pytest.fixture
def store():
    """Return where it is counted."""
    return MemoryLimits()


@pytest.fixture
def limits(store):
    """Return the group."""
    return RateLimits(FallbackLimits(store), {rule.name: rule for rule in RULES}, PreparedMac(b"key"))


def test_a_check_counts(limits):
    """By the name of a rule, or by a rule of the caller's own."""
    assert limits.check("login", EMAIL)[0].remaining == 9
    assert limits.check(RULES[0], EMAIL, cost=4)[0].remaining == 5
    with pytest.raises(RateLimitedError):
        limits.check("login", EMAIL, cost=6)
    assert limits.check("login", EMAIL, cost=0)[0].remaining == 5


def test_several_rules_are_checked_as_one(limits):
    """The third that fails is the last; what was counted for a success is given back."""
    for _ in range(5):
        limits.give_back(limits.check_all({"failures": EMAIL, "login": "192.0.2.1", "off": EMAIL})[:1])
    assert limits.check("failures", EMAIL, cost=0)[0].remaining == 3
    limits.check("failures", EMAIL, cost=3)
    with pytest.raises(RateLimitedError) as caught:
        limits.check_all({"failures": EMAIL, "login": "192.0.2.1"})
    assert 28_700 < caught.value.retry_after <= 28_800
    assert limits.check("login", "192.0.2.1", cost=0)[0].remaining == 5


def test_a_rule_that_is_off_limits_nothing(limits):
    """It has no rates, and each check of it goes."""
    assert limits.limits("off") == ()
    assert limits.check("off", EMAIL) == []
    assert limits.limits("login") == parse_rates("10/day")


def test_an_unknown_rule_is_named(limits):
    """With those that there are."""
    with pytest.raises(ValueError, match="'logins'; there are: failures, login, off"):
        limits.check("logins", EMAIL)


def test_a_reset_forgets_a_key(limits):
    """Of one rule, and of nobody else."""
    for key in (EMAIL, "eve@example.com"):
        limits.check("login", key, cost=10)
    limits.reset("login", EMAIL)
    assert limits.check("login", EMAIL)[0].remaining == 9
    assert limits.check("login", "eve@example.com", cost=0)[0].remaining == 0


def test_a_store_holds_no_key_in_the_clear(limits, store):
    """Nor one that can be guessed at without the secret (LOG-1, RL-2)."""
    limits.check("login", EMAIL)
    limits.check("login", "\ud800")
    assert EMAIL not in repr(store.stats())
    other = MemoryLimits()
    RateLimits(FallbackLimits(other), limits.rules, PreparedMac(b"another")).check("login", EMAIL)
    assert not set(store.stats()) & set(other.stats())


def test_a_store_in_memory_is_known_as_such(limits):
    """Nobody waits for it, so it needs no thread."""
    assert limits.is_in_memory
    others = FallbackLimits(FallbackLimits(MemoryLimits()))
    assert not replace(limits, store=others).is_in_memory


def test_its_health_is_told(limits):
    """Whether all processes count together."""
    assert limits.health() == {"limits": "on", "shared": True, "down_seconds": None}


def test_off_limits_nothing(limits, store):
    """And counts nothing; rules keep their names."""
    off = replace(limits, is_on=False)
    assert [off.check("login", EMAIL) for _ in range(50)] == [[]] * 50
    assert off.check_all({"login": EMAIL, "failures": EMAIL}) == []
    assert off.health()["limits"] == "off"
    assert not store.stats()
    with pytest.raises(ValueError, match="no limit"):
        off.check("logins", EMAIL)


class Noted:
    """Keeps what is to be written down."""

    def __init__(self):
        self.first, self.again = [], []

    def note(self, refused):
        """Keep the first."""
        self.first.append(refused)

    def note_again(self, refused):
        """Keep one more."""
        self.again.append(refused)


def refusal(limits, **whose):
    """Ask for more than there is; return the error."""
    with pytest.raises(RateLimitedError) as caught:
        limits.check("login", "192.0.2.1", cost=11, whose=Whose(**whose))
    return caught.value


def test_what_is_refused_is_written_down(limits):
    """By its rule and a digest, with the rule's time, and whose it was; also when it is refused again."""
    # LOG-1, LOG-3
    noted = Noted()
    error = refusal(replace(limits, refusals=noted), user_id=UserId("u1"))
    replace(limits, refusals=noted).note_again(error)
    (one,) = noted.first
    assert noted.again == [one]
    assert (one.rule, one.whose.user_id) == ("login", "u1")
    assert "192.0.2.1" not in repr(one)


def test_where_nobody_writes_it_down_it_is_refused_all_the_same(limits):
    """Limits of their own need no audit."""
    error = refusal(limits)
    limits.note_again(error)
    assert error.refused
