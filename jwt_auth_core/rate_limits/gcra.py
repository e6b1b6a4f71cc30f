"""The rule itself: GCRA (ITU-T I.371), a pure function of what is kept, a rate, a cost and the time.

A bucket is known by one number: when it will be full again, if nothing more is taken. At most ``count`` go at
once, and never more than ``2 * count - 1`` within a window. Times are whole microseconds, so that the script
for Redis, whose numbers are doubles, counts just as this does. What changes together: this, take.lua and the
function ``auth_take_limits`` of PostgreSQL (migration 0035; a change is one more migration).
"""

from __future__ import annotations

from typing import Final

from jwt_auth_core.rate_limits.rate import DAY_SECONDS, MICROSECONDS, Backoff, Rate
from jwt_auth_core.records import dataclass

FORGIVEN: Final = DAY_SECONDS * MICROSECONDS
"""How long it must be quiet after the last wait until the waits begin anew."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of a bucket.

    Attributes:
        full_at: when it is full again; once there are strikes, until when nothing goes.
        strikes: how often in a row the waits grew; 0 without a back-off.
    """

    full_at: int = 0
    strikes: int = 0

    def over_at(self) -> int:
        """Return from when on this says no more than nothing at all."""
        return self.full_at + FORGIVEN if self.strikes else self.full_at


UNTOUCHED: Final = State()


@dataclass(slots=True)  # made for each bucket of a request: a frozen one takes three times as long
class Judgement:
    """What becomes of one take.

    Attributes:
        allowed: whether it goes.
        after: what is to be kept when it is taken; as before when it is not.
        remaining: how many more would go now.
        retry_after: microseconds until the same may go; 0 when it goes.
        reset_after: microseconds until the bucket is full again; 0 when it is.
    """

    allowed: bool
    after: State
    remaining: int
    retry_after: int
    reset_after: int


def judge(state: State, rate: Rate, cost: int, now: int) -> Judgement:
    """Judge a take of ``cost`` at ``now``; a cost of 0 looks and takes nothing.

    A clock that was set back locks nobody out: a bucket is never emptier than empty, nor a wait longer than
    the longest.
    """
    if rate.backoff is None:
        return _flowing(state, rate, cost, now)
    if not state.strikes or now >= state.over_at():
        return _counted(state if not state.strikes else UNTOUCHED, rate, rate.backoff, cost, now)
    return _waiting(state, rate, rate.backoff, cost, now)


def _flowing(state: State, rate: Rate, cost: int, now: int) -> Judgement:
    interval = rate.interval
    empty = now + interval * rate.count
    full_at = state.full_at
    full_at = now if full_at < now else min(full_at, empty)
    taken = full_at + cost * interval
    if taken > empty:
        # What costs more than there ever is never goes; a window is the honest least that can be said.
        wait = taken - empty if cost <= rate.count else rate.seconds * MICROSECONDS
        return Judgement(False, state, (empty - full_at) // interval, wait, full_at - now)
    after = State(taken) if cost else state
    return Judgement(True, after, (empty - taken) // interval, 0, taken - now)


def _counted(state: State, rate: Rate, backoff: Backoff, cost: int, now: int) -> Judgement:
    """Judge as without a back-off, and have the waits begin with the last that goes."""
    judged = _flowing(state, rate, cost, now)
    if not judged.allowed or not cost or judged.remaining:
        return judged
    return _struck(1, backoff, now)


def _waiting(state: State, rate: Rate, backoff: Backoff, cost: int, now: int) -> Judgement:
    """Let one go when the wait is over, and make the next one longer."""
    until = min(state.full_at, now + backoff.longest_seconds * MICROSECONDS)
    left = max(0, until - now)
    if not cost:
        return Judgement(True, state, 0 if left else 1, 0, left)
    if cost > 1:
        return Judgement(False, state, 0 if left else 1, left or rate.seconds * MICROSECONDS, left)
    if left:
        return Judgement(False, state, 0, left, left)
    return _struck(state.strikes + 1, backoff, now)


def _struck(strikes: int, backoff: Backoff, now: int) -> Judgement:
    wait = backoff.wait(strikes)
    return Judgement(True, State(now + wait, strikes), 0, 0, wait)


def give_back(current: State, *, before: State, after: State, amount: int, now: int) -> State:
    """Return what is to be kept when a take turns out to be no offence.

    ``before`` and ``after`` are of that take, ``amount`` its cost in microseconds. Only as much comes back as
    has not come back by itself: who takes and gives back over and over gains nothing for their other takes.
    """
    if current == after:
        return before
    if current.strikes or after.strikes:
        return current
    return State(current.full_at - max(0, min(amount, after.full_at - now)))
