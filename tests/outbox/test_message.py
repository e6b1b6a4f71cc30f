"""A message's id, and when it is tried again."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.outbox.message import (
    LONGEST_WAIT_SECONDS,
    MOST_ATTEMPTS,
    WAITS_SECONDS,
    new_id,
    wait_seconds,
)

DAY = 86_400


def test_ids_are_unlike_and_in_order():
    """Nobody guesses one, and a later one is greater."""
    ids = [new_id(1_800_000_000_000_000_000 + 1_000 * number) for number in range(100)]
    assert ids == sorted(set(ids))
    assert new_id(0) != new_id(0)
    assert new_id(1_800_000_000_000_001_000, lambda size: b"\xab" * size) == (
        "msg_06651728988001" + "ab" * 10
    )


def test_without_entropy_there_is_no_id():
    """A 503, never a guessable one."""
    # F-29

    def dry(_size):
        raise OSError

    with pytest.raises(UnavailableError):
        new_id(0, dry)


@pytest.mark.parametrize(("number", "planned"), [*enumerate(WAITS_SECONDS, 1)])
def test_each_wait_is_longer_and_not_quite_as_planned(number, planned):
    """A fifth less or more, so that what failed together does not come back together."""
    shortest, middle, longest = (
        wait_seconds(number, asked_seconds=None, random=random) for random in (0.0, 0.5, 1.0)
    )
    assert (shortest, middle, longest) == (round(planned * 0.8), planned, round(planned * 1.2))


def test_after_the_last_attempt_there_is_no_other():
    """Ten, within three and a half days; whatever the recipient asks for."""
    assert MOST_ATTEMPTS == 10
    assert 3 * DAY < sum(WAITS_SECONDS) * 1.2 < 4 * DAY
    assert wait_seconds(MOST_ATTEMPTS, asked_seconds=None, random=0.5) is None
    assert wait_seconds(MOST_ATTEMPTS, asked_seconds=60, random=0.5) is None


@pytest.mark.parametrize(
    ("asked", "given"),
    [(-1, 5), (0, 5), (5, 5), (90, 90), (DAY, DAY), (DAY + 1, LONGEST_WAIT_SECONDS), (10**20, DAY)],
)
def test_who_asks_for_a_time_gets_it_within_bounds(asked, given):
    """From five seconds to a day."""
    assert wait_seconds(1, asked_seconds=asked, random=0.9) == given
