"""The rule itself, held by bounds against the moving window of `limits`."""

from __future__ import annotations

import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.storage import MemoryStorage

from jwt_auth_core.rate_limits.gcra import FORGIVEN, UNTOUCHED, State, give_back, judge
from jwt_auth_core.rate_limits.rate import MICROSECONDS, Backoff, Rate

NOW = 1_800_000_000 * MICROSECONDS
MINUTE = 60 * MICROSECONDS
RATES = st.builds(Rate, st.integers(1, 8), st.integers(2, 12))
GAPS = st.lists(st.integers(0, 15), max_size=60)  # seconds
LOGIN = Rate(10, 60)
ACCOUNT = Rate(5, 300, Backoff(60, 3600))


def taken(rate, times, state=UNTOUCHED):
    """Return which of the takes at some times go."""
    went = []
    for at in times:
        judged = judge(state, rate, 1, at)
        state = judged.after
        went.append(judged.allowed)
    return went


class Windows:
    """Two moving windows of `limits`, on a clock of ours; a window there has both its ends."""

    def __init__(self, monkeypatch):
        self.now = 0
        monkeypatch.setattr(time, "time", lambda: self.now)
        self.storage = MemoryStorage()

    def take(self, name, most, seconds):
        return self.storage.acquire_entry(name, most, seconds)

    def has_room(self, name, most, seconds):
        return self.storage.get_moving_window(name, most, seconds)[1] < most


@given(RATES, GAPS)
def test_it_stands_between_two_moving_windows(rate, gaps):
    """Never more than 2n - 1 in a window; whoever had less than n in it is never refused."""
    with pytest.MonkeyPatch.context() as patch:
        windows, state = Windows(patch), UNTOUCHED
        for windows.now in accumulate(gaps, initial=1_800_000_000):
            has_room = windows.has_room("n", rate.count, rate.seconds)
            judged = judge(state, rate, 1, windows.now * MICROSECONDS)
            state = judged.after
            assert judged.allowed or not has_room
            if judged.allowed:
                # Both ends of a window of one second less are within one of ours.
                assert windows.take("2n - 1", 2 * rate.count - 1, rate.seconds - 1)
                windows.take("n", 10**6, rate.seconds)


def test_n_go_at_once_and_then_one_each_interval():
    """Ten, then one each six seconds; 2n - 1 within the window."""
    assert taken(LOGIN, [NOW] * 12) == [True] * 10 + [False] * 2
    each_second = [NOW + second * MICROSECONDS for second in range(60)]
    assert sum(taken(LOGIN, [NOW] * 9 + each_second)) == 19


@given(RATES, st.integers(0, 20), st.integers(0, 30), st.integers(0, 9))
def test_the_wait_is_exact(rate, before, seconds, cost):
    """A microsecond earlier the same is refused, and then it goes; what is above the limit never does."""
    state = judge(UNTOUCHED, rate, min(before, rate.count), NOW).after
    now = NOW + seconds * MICROSECONDS
    judged = judge(state, rate, cost, now)
    if judged.allowed or cost > rate.count:
        assert judged.allowed == (judged.retry_after == 0)
        return
    assert judge(state, rate, cost, now + judged.retry_after).allowed
    assert not judge(state, rate, cost, now + judged.retry_after - 1).allowed


@given(RATES, st.integers(0, 9), st.integers(0, 30))
def test_what_remains_goes_and_no_more(rate, before, seconds):
    """The number that is told is the number that goes."""
    state = judge(UNTOUCHED, rate, min(before, rate.count), NOW).after
    now = NOW + seconds * MICROSECONDS
    remaining = judge(state, rate, 0, now).remaining
    assert judge(state, rate, remaining, now).allowed
    assert not judge(state, rate, remaining + 1, now).allowed


@given(RATES, st.integers(0, 9))
def test_a_cost_above_the_limit_takes_nothing(rate, before):
    """It is refused, the bucket is as it was, and the wait that is told is the window."""
    state = judge(UNTOUCHED, rate, min(before, rate.count), NOW).after
    judged = judge(state, rate, rate.count + 1, NOW)
    assert (judged.allowed, judged.after) == (False, state)
    assert judged.retry_after == rate.seconds * MICROSECONDS


def test_a_look_takes_nothing():
    """A cost of 0 always goes, and of a bucket that was never hit there is nothing to reset."""
    judged = judge(UNTOUCHED, LOGIN, 0, NOW)
    assert (judged.allowed, judged.after, judged.remaining, judged.reset_after) == (True, UNTOUCHED, 10, 0)


def test_a_clock_that_was_set_back_locks_nobody_out():
    """After a year in the past a bucket is empty at most: one goes an interval later."""
    state = judge(UNTOUCHED, LOGIN, 10, NOW).after
    past = NOW - 365 * 86_400 * MICROSECONDS
    assert judge(state, LOGIN, 1, past).retry_after == LOGIN.interval
    assert not judge(state, LOGIN, 1, past).allowed


def test_a_clock_that_was_set_on_gives_one_bucket():
    """However far it jumps, there are n again and no more."""
    state = judge(UNTOUCHED, LOGIN, 10, NOW).after
    assert sum(taken(LOGIN, [NOW + 10**15] * 30, state)) == 10


@given(RATES, st.lists(st.tuples(st.integers(0, 10), st.booleans()), max_size=40))
def test_who_gives_back_gains_nothing_for_the_rest(rate, steps):
    """Honest takes among the others, given back at any time: no more of the others go than without them."""
    alone = with_honest = UNTOUCHED
    now, owed = NOW, []
    for seconds, is_honest in steps:
        now += seconds * MICROSECONDS
        judged = judge(with_honest, rate, 1, now)
        if is_honest and judged.allowed:
            owed.append((with_honest, judged.after))
            with_honest = judged.after
        elif not is_honest:
            goes_alone = judge(alone, rate, 1, now)
            assert goes_alone.allowed or not judged.allowed
            with_honest = judged.after
            alone = goes_alone.after if judged.allowed else alone
        if owed and seconds % 2:
            before, after = owed.pop(0)
            with_honest = give_back(with_honest, before=before, after=after, amount=rate.interval, now=now)


def test_what_is_given_back_at_once_is_all_there():
    """A hundred honest takes leave the bucket as it was."""
    state = judge(UNTOUCHED, LOGIN, 4, NOW).after
    for _ in range(100):
        judged = judge(state, LOGIN, 1, NOW)
        state = give_back(judged.after, before=state, after=judged.after, amount=LOGIN.interval, now=NOW)
    assert judge(state, LOGIN, 0, NOW).remaining == 6


def waits(rate, count, state=UNTOUCHED, now=NOW):
    """Take as soon as it goes, so often; return the waits in minutes and what is kept."""
    found = []
    for _ in range(count):
        judged = judge(state, rate, 1, now)
        found.append(judged.retry_after // MINUTE)
        now += judged.retry_after
        state = judge(state, rate, 1, now).after
    return found, state


def test_waits_grow_once_a_rate_was_used_up():
    """Five at once, then one after a minute, after two more, four, ... at last one an hour."""
    assert waits(ACCOUNT, 14)[0] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_day_of_quiet_ends_the_waits():
    """A microsecond earlier the next one waits longer still; then there are five at once again."""
    _, state = waits(ACCOUNT, 8)
    quiet = state.full_at + FORGIVEN
    assert taken(ACCOUNT, [quiet - 1] * 2, state) == [True, False]
    assert taken(ACCOUNT, [quiet] * 6, state) == [True] * 5 + [False]


def test_one_at_a_time_goes_after_a_wait():
    """Two at once never do, a look takes nothing, and it says how long."""
    state = judge(UNTOUCHED, ACCOUNT, 5, NOW).after
    later = NOW + MINUTE
    assert not judge(state, ACCOUNT, 2, later).allowed
    looks = [judge(state, ACCOUNT, 0, at) for at in (NOW, later)]
    assert [(look.allowed, look.remaining, look.reset_after) for look in looks] == [
        (True, 0, MINUTE),
        (True, 1, 0),
    ]


def test_a_wait_is_never_longer_than_the_longest():
    """Whatever the clock was set to meanwhile."""
    state = judge(UNTOUCHED, ACCOUNT, 5, NOW).after
    assert judge(state, ACCOUNT, 1, NOW - FORGIVEN).retry_after == 3600 * MICROSECONDS


def test_a_strike_is_given_back():
    """The right password at the last try: as if that had never been; only when nothing came between."""
    before, struck = State(NOW + 4 * MINUTE), State(NOW + MINUTE, 1)
    given = {"before": before, "after": struck, "amount": ACCOUNT.interval, "now": NOW}
    assert give_back(struck, **given) == before
    assert give_back(State(NOW + 2 * MINUTE, 2), **given) == State(NOW + 2 * MINUTE, 2)
