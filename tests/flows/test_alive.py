"""Whether what began under a number, or at a time, is over by what the database says of the user."""

from __future__ import annotations

import pytest

from jwt_auth_core.users.standing import Standing, is_in_force
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import UserId

NOW = 1_800_000_000


def standing(valid_after, version, **facts):
    """Return how a user stands after so many cut-offs, the last at that time."""
    user = User(
        UserId("u"), "a@b.c", "A", "B", "", frozenset(), facts.get("disabled_at"), valid_after, version
    )
    return Standing(user, session_ended=facts.get("ended", False))


@pytest.mark.parametrize(
    ("valid_after", "version", "since", "number", "expected"),
    [
        (None, 0, NOW, 0, True),
        (None, 0, NOW, None, True),
        # Numbers decide, whatever the clocks say.
        (NOW, 2, NOW + 60, 1, False),
        (NOW, 2, NOW, 1, False),
        (NOW, 2, NOW - 60, 2, True),
        (NOW, 2, NOW, 3, True),
        # Without one time does; within the second of the cut-off nobody can tell, and it is over.
        (NOW, 2, NOW + 1, None, True),
        (NOW, 2, NOW, None, False),
        (NOW, 2, NOW - 1, None, False),
        # Cut-offs of before they were numbered name the first moment that is good.
        (NOW, 0, NOW, None, True),
        (NOW, 0, NOW - 1, None, False),
        (NOW, 0, NOW - 1, 0, False),
        (NOW, 0, NOW, 0, True),
    ],
)
def test_what_began_before_a_cut_off_is_over(valid_after, version, since, number, expected):
    """By the user's number of then, and by its time where that is not known."""
    # RF-11
    assert is_in_force(standing(valid_after, version), since=since, version=number) == expected


@pytest.mark.parametrize("facts", [{"disabled_at": NOW}, {"ended": True}])
def test_an_end_of_its_own_counts_too(facts):
    """A disabled user and an ended session are over, whatever the number."""
    assert not is_in_force(standing(None, 0, **facts), since=NOW + 9, version=9)
