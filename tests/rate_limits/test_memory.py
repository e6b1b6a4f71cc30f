"""Limits in memory: bounded, on a clock that nobody sets."""

from __future__ import annotations

import time

from jwt_auth_core.rate_limits import MemoryLimits, Rule, Take, parse_rates
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from tests.processes import in_children

NOW = 1_800_000_000 * MICROSECONDS
LOGIN = Rule("login", parse_rates("10/minute"))
ACCOUNT = Rule("account", parse_rates("5/hour"))


def test_it_holds_no_more_than_it_may():
    """However many keys come at once."""
    store = MemoryLimits(most=100)
    for number in range(1000):
        assert store.take([Take(LOGIN, f"key{number}")], now=NOW)[0].allowed
    assert len(store.stats()) == 100


def test_what_is_full_again_goes_first():
    """A flood of new keys does not wash away the one that is used up for an hour."""
    store = MemoryLimits(most=100)
    store.take([Take(ACCOUNT, "victim", 5)], now=NOW)
    for number in range(5000):
        store.take([Take(LOGIN, f"key{number}")], now=NOW)
    assert not store.take([Take(ACCOUNT, "victim")], now=NOW)[0].allowed


def test_what_is_over_goes():
    """A few with each new one: the dead never outnumber the living for long."""
    store = MemoryLimits()
    for number in range(100):
        store.take([Take(LOGIN, f"old{number}")], now=NOW)
    for number in range(40):
        store.take([Take(LOGIN, f"new{number}")], now=NOW + 6 * MICROSECONDS)
    assert len(store.stats()) == 40


def test_the_time_of_day_is_none_of_its_business(monkeypatch):
    """Set on or back by a year, it locks nobody out and lets nobody in."""
    store = MemoryLimits()
    store.take([Take(ACCOUNT, "key", 5)])
    real = time.time
    for year in (1, -1):
        monkeypatch.setattr(time, "time", lambda year=year: real() + year * 31_536_000)
        (refusal,) = store.take([Take(ACCOUNT, "key")])
        assert not refusal.allowed
        assert refusal.retry_after <= 720


def test_a_forked_child_goes_on():
    """Though another thread of its parent held the lock; what was counted stays counted."""
    store = MemoryLimits()
    store.take([Take(ACCOUNT, "key", 5)])

    def guess(_):
        assert not store.take([Take(ACCOUNT, "key")])[0].allowed

    with store._lock:
        assert in_children(1, guess) == [0]


def test_nothing_is_left_to_close():
    """It has no connections and no thread."""
    MemoryLimits().close()
