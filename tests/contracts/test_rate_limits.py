"""What every store of limits promises: memory, SQLite, PostgreSQL, Valkey, a cluster, behind a sentinel."""

from __future__ import annotations

import threading
import uuid
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwt_auth_core.rate_limits import Backoff, MemoryLimits, Rate, Rule, Take, parse_rates
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from tests.contracts.kinds import KINDS
from tests.contracts.limiters import ground
from tests.processes import in_children

NOW = 1_800_000_000 * MICROSECONDS
LOGIN = Rule("login", parse_rates("10/minute"), group="login")
FAILURES = Rule("failures", parse_rates("3/minute;5/hour"), group="login")
WAITING = Rule("waiting", [Rate(3, 60, Backoff(30, 120))], group="login")
ACCOUNT = Rule("account", [Rate(5, 300, Backoff(60, 3600))], group="login")
ALONE = Rule("alone", parse_rates("2/second;4/minute"))


@pytest.fixture(scope="module", params=KINDS)
def here(request, tmp_path_factory):
    """Return two stores on one ground."""
    with ground(request.param, request, tmp_path_factory.mktemp("limits")) as made:
        yield made


@pytest.fixture
def key():
    """Return a key that no other test has."""
    return uuid.uuid4().hex


def goes(verdicts):
    """Return whether a request goes."""
    return all(verdict.allowed for verdict in verdicts)


def told(verdicts):
    """Return all that is told of a request, but for how it is given back."""
    return [(v.rule.name, v.rate, v.allowed, v.remaining, v.retry_after, v.reset_after) for v in verdicts]


def test_n_go_at_once(here, key):
    """In whichever process; the next one is told when."""
    stores = [here.store, here.other] * 5
    verdicts = [store.take([Take(LOGIN, key)], now=NOW) for store in stores]
    assert [verdict.remaining for (verdict,) in verdicts] == [*range(9, -1, -1)]
    (refusal,) = here.store.take([Take(LOGIN, key)], now=NOW)
    assert (refusal.allowed, refusal.remaining, refusal.retry_after, refusal.reset_after) == (False, 0, 6, 60)
    assert goes(here.other.take([Take(LOGIN, key)], now=NOW + 6 * MICROSECONDS))


def test_all_or_nothing(here, key):
    """Where one rule refuses, nothing is taken from the others, and they say what is still there."""
    other = uuid.uuid4().hex
    both = [Take(LOGIN, key), Take(FAILURES, other)]
    assert [goes(here.store.take(both, now=NOW)) for _ in range(4)] == [True] * 3 + [False]
    verdicts = here.other.take(both, now=NOW)
    assert [verdict.remaining for verdict in verdicts] == [7, 0, 2]
    assert [verdict.allowed for verdict in verdicts] == [True, False, True]


def test_a_cost_above_the_limit_takes_nothing(here, key):
    """And is refused; less than that takes as much as it says."""
    assert not goes(here.store.take([Take(LOGIN, key, 11)], now=NOW))
    assert told(here.store.take([Take(LOGIN, key, 4)], now=NOW))[0][3] == 6
    assert not goes(here.store.take([Take(LOGIN, key, 7)], now=NOW))
    assert told(here.store.take([Take(LOGIN, key, 6)], now=NOW))[0][3] == 0


def test_a_key_that_was_never_hit_has_no_reset(here, key):
    """A look says so, and does not change it."""
    for _ in range(2):
        (verdict,) = here.store.take([Take(LOGIN, key, 0)], now=NOW)
        assert (verdict.allowed, verdict.remaining, verdict.reset_after) == (True, 10, None)


def test_another_rate_meets_other_buckets(here, key):
    """Nor does a rule of another name, or the same with a back-off."""
    rules = [LOGIN, Rule("login", parse_rates("5/minute")), Rule("logins", LOGIN.rates)]
    rules.append(Rule("login", [Rate(10, 60, Backoff(60, 120))]))
    for rule in rules:
        assert goes(here.store.take([Take(rule, key, rule.rates[0].count)], now=NOW))
        assert not goes(here.store.take([Take(rule, key)], now=NOW))


def test_a_rule_that_is_off_limits_nothing(here, key):
    """No rate, no verdict."""
    assert here.store.take([Take(Rule("off", ()), key)]) == []
    assert here.store.take([]) == []


def test_what_is_given_back_is_there_again(here, key):
    """As far as it has not come back by itself: half of an interval later that is half of it."""
    takes = [Take(LOGIN, key), Take(FAILURES, key), Take(WAITING, key)]
    before = told(here.store.take([Take(take.rule, key, 0) for take in takes], now=NOW))
    verdicts = here.store.take(takes, now=NOW)
    here.other.give_back([verdict.taken for verdict in verdicts], now=NOW)
    assert told(here.store.take([Take(take.rule, key, 0) for take in takes], now=NOW)) == before
    first = here.store.take([Take(LOGIN, key)], now=NOW)
    here.store.take([Take(LOGIN, key)], now=NOW + 3 * MICROSECONDS)
    here.other.give_back([first[0].taken], now=NOW + 3 * MICROSECONDS)
    assert here.store.take([Take(LOGIN, key, 0)], now=NOW + 3 * MICROSECONDS)[0].reset_after == 6


def test_what_nobody_took_is_not_given_back(here, key):
    """A bucket that was reset meanwhile stays full, and no fuller."""
    (verdict,) = here.store.take([Take(LOGIN, key)], now=NOW)
    here.other.forget([Take(LOGIN, key)])
    here.store.give_back([verdict.taken], now=NOW)
    here.store.give_back([], now=NOW)
    assert here.store.take([Take(LOGIN, key, 10)], now=NOW)[0].allowed
    assert not here.store.take([Take(LOGIN, key)], now=NOW)[0].allowed


def test_a_reset_makes_full_again(here, key):
    """All rates of a rule, and no other rule's."""
    for rule in (LOGIN, FAILURES):
        here.store.take([Take(rule, key, 3)], now=NOW)
    here.other.forget([Take(FAILURES, key)])
    here.other.forget([])
    looks = here.store.take([Take(LOGIN, key, 0), Take(FAILURES, key, 0)], now=NOW)
    assert [look.remaining for look in looks] == [7, 3, 5]


def test_waits_grow_and_are_forgiven(here, key):
    """Five at once, then a minute that doubles to an hour; after a quiet day they begin anew."""  # RL-4
    at, waits = NOW, []
    assert all(goes(here.store.take([Take(ACCOUNT, key)], now=at)) for _ in range(5))
    for _ in range(8):
        (refusal,) = here.other.take([Take(ACCOUNT, key)], now=at)
        waits.append(refusal.retry_after)
        at += refusal.retry_after * MICROSECONDS
        assert goes(here.store.take([Take(ACCOUNT, key)], now=at))
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    at += (3600 + 86_400) * MICROSECONDS
    assert all(goes(here.other.take([Take(ACCOUNT, key)], now=at)) for _ in range(5))


STEPS = st.tuples(
    st.integers(0, 90), st.sampled_from([LOGIN, FAILURES, WAITING, ALONE]), st.integers(0, 4), st.booleans()
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=5, max_size=25))
def test_it_judges_as_the_rule_does(here, steps):
    """Takes, looks and what is given back, at any time: each verdict is that of the pure function."""
    key, model, now = uuid.uuid4().hex, MemoryLimits(), NOW
    for seconds, rule, cost, is_given_back in steps:
        now += seconds * MICROSECONDS
        takes = [Take(rule, key, cost)]
        found, expected = here.store.take(takes, now=now), model.take(takes, now=now)
        assert told(found) == told(expected)
        if is_given_back:
            here.other.give_back([one.taken for one in found if one.taken], now=now + MICROSECONDS)
            model.give_back([one.taken for one in expected if one.taken], now=now + MICROSECONDS)


@pytest.mark.parametrize(("strictest", "most"), [(LOGIN, 10), (ACCOUNT, 5)])
def test_of_two_hundred_at_once_so_many_go(here, key, strictest, most):
    """Ten threads, two stores, each request by two rules: not one too many, and not one too few."""
    rules = (strictest, Rule("others", parse_rates("50/minute"), group="login"))
    gone, begin = [], threading.Barrier(10)

    def guess(number):
        store = here.store if number % 2 else here.other
        begin.wait(60)
        gone.extend(goes(store.take([Take(rule, key) for rule in rules], now=NOW)) for _ in range(20))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (len(gone), sum(gone)) == (200, most)


def test_of_two_processes_ten_go(here, key, tmp_path):
    """A hundred guesses in each of two, with connections of their own."""
    if here.anew is None:
        return  # memory is of one process

    def guess(number):
        with closing(here.anew()) as store:
            gone = sum(goes(store.take([Take(LOGIN, key)], now=NOW)) for _ in range(100))
            (tmp_path / str(number)).write_text(str(gone))

    assert in_children(2, guess) == [0, 0]
    assert sum(int(file.read_text()) for file in tmp_path.iterdir()) == 10


def test_time_goes_on_by_itself(here, key):
    """Without a time from outside, the store has its own: the wait is within the interval."""
    daily = Rule("daily", parse_rates("10/day"))
    here.store.take([Take(daily, key, 10)])
    (refusal,) = here.store.take([Take(daily, key)])
    assert not refusal.allowed
    assert 8_000 < refusal.retry_after <= 8_640
    assert 85_000 < refusal.reset_after <= 86_400
