"""What a judgement says beside yes and no, number by number, where waits grow and where they do not."""

from __future__ import annotations

import pytest

from jwt_auth_core.rate_limits.bucket import asked, settle
from jwt_auth_core.rate_limits.gcra import FORGIVEN, UNTOUCHED, Judgement, State, give_back, judge
from jwt_auth_core.rate_limits.memory import MemoryLimits
from jwt_auth_core.rate_limits.rate import MICROSECONDS, MOST_SECONDS, Backoff, Rate, parse_rates
from jwt_auth_core.rate_limits.rule import Rule, Take

NOW = 1_800_000_000 * MICROSECONDS
MINUTE = 60 * MICROSECONDS
PLAIN = Rate(5, 300)
ACCOUNT = Rate(5, 300, Backoff(60, 3600))
STRUCK = State(NOW + MINUTE, 1)


def test_the_last_one_that_goes_begins_the_waits():
    """Nothing remains, it goes at once, and the next one goes when the bucket is said to be full."""
    judged = judge(UNTOUCHED, ACCOUNT, 5, NOW)
    assert judged == Judgement(True, STRUCK, 0, 0, MINUTE)


def test_while_a_wait_lasts():
    """One is refused, and so are two; a look is not, and none of them changes anything."""
    refused = Judgement(False, STRUCK, 0, MINUTE, MINUTE)
    assert judge(STRUCK, ACCOUNT, 1, NOW) == refused
    assert judge(STRUCK, ACCOUNT, 2, NOW) == refused
    assert judge(STRUCK, ACCOUNT, 0, NOW) == Judgement(True, STRUCK, 0, 0, MINUTE)


def test_once_a_wait_is_over():
    """One goes, and a look says so; two at once never do, and are told of a whole window."""
    over = NOW + MINUTE
    assert judge(STRUCK, ACCOUNT, 1, over) == Judgement(True, State(over + 2 * MINUTE, 2), 0, 0, 2 * MINUTE)
    assert judge(STRUCK, ACCOUNT, 0, over) == Judgement(True, STRUCK, 1, 0, 0)
    assert judge(STRUCK, ACCOUNT, 2, over) == Judgement(False, STRUCK, 1, 5 * MINUTE, 0)


def test_what_is_refused_before_any_wait_begins_none():
    """More than there is, at a rate whose waits would grow: nothing is taken, and nobody has a strike."""
    half = judge(UNTOUCHED, ACCOUNT, 3, NOW).after
    assert judge(half, ACCOUNT, 3, NOW).after == half


def test_half_an_interval_is_no_last_one():
    """Nothing goes and nobody is struck while less than one is left; a look says that none is."""
    state = State(NOW + ACCOUNT.interval * 9 // 2)
    assert judge(state, ACCOUNT, 1, NOW).allowed is False
    assert judge(state, ACCOUNT, 1, NOW).after == state
    assert judge(state, ACCOUNT, 0, NOW).after == state


def test_after_a_day_of_quiet_a_bucket_is_as_new():
    """Also for a look, which tells of all five."""
    quiet = STRUCK.full_at + FORGIVEN
    assert judge(STRUCK, ACCOUNT, 0, quiet) == Judgement(True, UNTOUCHED, 5, 0, 0)


def test_what_remains_is_whole():
    """Half an interval is none, in a refusal as in a yes."""
    state = judge(UNTOUCHED, PLAIN, 3, NOW).after
    refused = judge(state, PLAIN, 4, NOW + MINUTE // 2)
    assert (refused.allowed, refused.remaining, type(refused.remaining)) == (False, 2, int)


def test_a_strike_that_came_meanwhile_stays():
    """Nothing comes back of a bucket that waits, whatever the take was before it."""
    before, after = State(NOW), State(NOW + MINUTE)
    given = {"before": before, "after": after, "amount": MINUTE, "now": NOW}
    assert give_back(STRUCK, **given) == STRUCK
    assert give_back(State(NOW + 3 * MINUTE), **{**given, "after": STRUCK}) == State(NOW + 3 * MINUTE)


def test_nothing_comes_back_twice():
    """What has come back by itself is not given once more, not by a microsecond."""
    current, given = State(NOW + 5 * MINUTE), {"before": UNTOUCHED, "after": State(NOW), "amount": MINUTE}
    assert give_back(current, **given, now=NOW) == current


def test_one_take_needs_no_group():
    """Two do, and they must share it; a rule without rates asks nothing of anybody."""
    alone, off = (Rule(name, rates) for name, rates in (("alone", (PLAIN,)), ("off", ())))
    assert len(asked([Take(alone, "a")])) == 1
    assert len(asked([Take(off, "a"), Take(alone, "a")])) == 1
    with pytest.raises(ValueError, match=r"^rules that are judged together need one group"):
        asked([Take(alone, "a"), Take(alone, "b")])


def test_each_key_is_taken_once():
    """The same twice in one request is said to be a mistake."""
    rule = Rule("mail", (PLAIN,), group="g")
    with pytest.raises(ValueError, match=r"^a rule takes each key once"):
        asked([Take(rule, "a"), Take(rule, "a")])


def test_every_question_has_a_state():
    """A store that answers for fewer buckets than were asked is refused, not believed."""
    one, another = asked([Take(Rule("n", (PLAIN, Rate(2, 60))), "a")])
    with pytest.raises(ValueError, match="zip"):
        settle([one, another], [UNTOUCHED], NOW)


@pytest.mark.parametrize(("first", "longest"), [(1, 1), (1, MOST_SECONDS), (MOST_SECONDS, MOST_SECONDS)])
def test_the_ends_of_waits(first, longest):
    """From a second to ten years, and the first may be the longest."""
    assert Backoff(first, longest).wait(40) == longest * MICROSECONDS


def test_units_and_digits_have_an_end():
    """A plural has one s; eighteen digits are read, and found to be too much; nineteen are not read."""
    for text in ("1/minutess", "1/MINUTESS"):
        with pytest.raises(ValueError, match=r"^a time must be in seconds"):
            parse_rates(text)
    with pytest.raises(ValueError, match=r"^a rate's count"):
        parse_rates("9" * 18 + "/minute")
    with pytest.raises(ValueError, match=r"^a number must have at most"):
        parse_rates("9" * 19 + "/minute")
    with pytest.raises(ValueError, match=r"^must read like 10/minute"):
        parse_rates("ten a minute")
    with pytest.raises(ValueError, match=r"^must read like: 1 minute"):
        Backoff.parse("soon")


def test_memory_goes_by_its_own_clock_where_none_is_given():
    """A take and what is given back of it: the bucket is as before."""
    store, take = MemoryLimits(), Take(Rule("n", (PLAIN,)), "a", cost=2)
    (verdict,) = store.take([take])
    assert (verdict.allowed, verdict.remaining) == (True, 3)
    assert verdict.taken is not None
    store.give_back([verdict.taken])
    assert store.take([take])[0].remaining == 3
