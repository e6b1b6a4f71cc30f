"""The notation of rates, held against the library that it comes from."""

from __future__ import annotations

import re

import limits
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jwt_auth_core.rate_limits import Backoff, Rate, parse_rates
from jwt_auth_core.rate_limits.rate import MOST_COUNT, MOST_SECONDS

UNITS = ["second", "minute", "hour", "day", "month", "year"]
SPACE = st.sampled_from(["", " ", "  ", "\t", "\n"])
BETWEEN = st.sampled_from(["/", " / ", "per", " per ", " PER "])
NUMBER = st.integers(1, 9).map(str) | st.sampled_from(["010", "100", "600"])


@st.composite
def single(draw):
    """Write one rate in one of its many forms."""
    unit = draw(st.sampled_from(UNITS)) + draw(st.sampled_from(["", "s", "S"]))
    multiple = draw(st.sampled_from(["", "1", "05", "10"])) + draw(SPACE)
    parts = (SPACE, NUMBER, SPACE, BETWEEN, st.just(multiple), st.just(unit), SPACE)
    return "".join(map(draw, parts))


def theirs(text):
    """Return what `limits` reads, in our words."""
    return tuple(dict.fromkeys(Rate(one.amount, one.get_expiry()) for one in limits.parse_many(text)))


@given(st.lists(single(), min_size=1, max_size=4), st.sampled_from(",;|"))
@example(["3/hour", "10/day"], ";")
@example(["5 per 5 minutes"], ",")
def test_the_notation_is_that_of_limits(texts, separator):
    """Each text that it writes has the same rates in both."""
    text = separator.join(texts)
    assert parse_rates(text) == theirs(text)


def read_there(text):
    """Return what `limits` reads, None where it refuses."""
    try:
        return [(one.amount, one.get_expiry()) for one in limits.parse_many(text)]
    except ValueError:
        return None


@given(
    st.text(st.sampled_from("0123459/per minutesday,;|: \t-"), max_size=24) | st.lists(single()).map("".join)
)
@example("10/minute:;5/hour")
@example("10/0minute")
@example("1/ſecond")
def test_what_is_read_is_read_alike(text):
    """What we read means the same there; what only they read has a nought, too much, or a slip of theirs."""
    there = read_there(text)
    try:
        assert [(one.count, one.seconds) for one in parse_rates(text)] == list(dict.fromkeys(there))
    except ValueError:
        is_too_much = there and any(n > MOST_COUNT or seconds > MOST_SECONDS for n, seconds in there)
        assert there is None or ":" in text or re.search("(?<![0-9])0+(?![0-9])", text) or is_too_much


@pytest.mark.parametrize("text", ["off", " OFF "])
def test_off_is_no_rate(text):
    """A rule that is off limits nothing."""
    assert parse_rates(text) == ()


@pytest.mark.parametrize(
    "text",
    ["", "10", "10/", "/minute", "10/fortnight", "10/secondss", "10/s", "-1/minute", "1.5/hour", "0/minute",
     "10/0 minutes", "1000001/minute", "1/11 years", "1/minute;", "off;1/minute", "9" * 19 + "/day",
     "1/" + "9" * 5000 + " days", "１/minute"],
)  # fmt: skip
def test_what_is_no_rate_is_refused(text):
    """In a sentence that says what would do, or which limit is broken."""
    with pytest.raises(ValueError, match="must"):
        parse_rates(text)


def test_the_ends_are_rates():
    """The most that may be counted, and for the longest."""
    assert parse_rates(f"{MOST_COUNT}/second")[0].interval == 1
    assert Rate(1, MOST_SECONDS).interval == MOST_SECONDS * 1_000_000


def test_an_interval_is_never_too_short():
    """What does not divide is rounded up."""
    assert Rate(3, 1).interval == 333_334
    assert Rate(7, 60).interval * 7 >= 60_000_000


def test_rates_that_differ_have_other_names():
    """So that no bucket of one is ever taken for one of the other."""
    rates = [
        Rate(10, 60),
        Rate(10, 6),
        Rate(1, 60),
        Rate(10, 60, Backoff(60, 3600)),
        Rate(10, 60, Backoff(6, 3600)),
    ]
    assert len(set(map(str, rates))) == len(rates)


def test_a_back_off_doubles_up_to_its_longest():
    """One minute, two, four, ... and never more than an hour, however long it goes on."""
    wait = Backoff.parse("1 minute doubling to 1 hour")
    minutes = [wait.wait(strikes) // 60_000_000 for strikes in (1, 2, 3, 4, 5, 6, 7, 8, 10_000)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize(
    "text",
    ["", "1 minute", "1 minute to 1 hour", "2 hours doubling to 1 hour", "0 seconds doubling to 1 hour",
     "1 minute doubling to 11 years", "1 blink doubling to 1 hour"],
)  # fmt: skip
def test_what_is_no_back_off_is_refused(text):
    """In a sentence that says what would do, or which limit is broken."""
    with pytest.raises(ValueError, match="must"):
        Backoff.parse(text)
