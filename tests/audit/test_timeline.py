"""A timeline: a time is cut into parts that begin at round times, and each is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.audit.timeline import LENGTHS, MOST, Part, Parts, counted, parts_of
from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]

NOON = 1_800_014_400  # 2027-01-15T12:00:00Z
HOUR, DAY = 3600, 86_400
_ADD = """
    INSERT INTO auth_audit (event_id, at, name, outcome, user_id) VALUES (%s, %s, %s, %s, %s)
"""


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (NOON, NOON, Parts(NOON, 60, 1)),
        (NOON, NOON + 60, Parts(NOON, 60, 1)),
        (NOON + 1, NOON + 61, Parts(NOON, 60, 2)),
        (NOON, NOON + HOUR, Parts(NOON, 60, 60)),
        (NOON + 1, NOON + HOUR + 1, Parts(NOON, 300, 13)),
        (NOON, NOON + DAY, Parts(NOON, HOUR, 24)),
        (NOON, NOON + 7 * DAY, Parts(NOON, 3 * HOUR, 56)),
        (NOON, NOON - DAY, Parts(NOON, 60, 1)),
    ],
)
def test_a_time_is_cut_into_parts(since, until, expected):
    """As short as may be, beginning at a round time, and no more than fit into a picture."""
    assert parts_of(since, until) == expected


@given(st.integers(0, 2**38), st.integers(0, 2**38))
def test_parts_cover_what_was_asked_for(since, more):
    """All of it, in few parts, and hardly more than that."""
    parts = parts_of(since, since + more)
    assert parts.since <= since < parts.since + parts.seconds
    assert since + more <= parts.until
    assert 1 <= parts.count <= MOST
    assert parts.seconds in LENGTHS or parts.seconds % LENGTHS[-1] == 0


def test_parts_of_which_nothing_is_said_are_empty():
    """The database says nothing of a part without a row."""
    rows = [{"number": 1, "success": 2, "failure": 3}]
    assert counted(Parts(NOON, 60, 3), rows) == [
        Part(NOON, 0, 0),
        Part(NOON + 60, 2, 3),
        Part(NOON + 120, 0, 0),
    ]


@pytest.fixture
def rows(world):
    """Return an audit with some rows around noon."""
    told = [
        (NOON - 1, "login_failed", "failure", "ada"),
        (NOON, "login_failed", "failure", "ada"),
        (NOON + 59, "login_succeeded", "success", "eve"),
        (NOON + 60, "login_succeeded", "success", "ada"),
        (NOON + 60, "login_failed", "failure", "eve"),
        (NOON + 179, "user_disabled", "success", "ada"),
        (NOON + 180, "user_disabled", "success", "ada"),
    ]
    for number, row in enumerate(told):
        world.auth.database.query(_ADD, (f"event {number}", *row))
    return world.auth.audit


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [(1, 1), (1, 1), (1, 0)]),
        ({"user_id": "ada"}, [(0, 1), (1, 0), (1, 0)]),
        ({"name": "login_failed"}, [(0, 1), (0, 1), (0, 0)]),
        ({"user_id": "eve", "name": "login_failed"}, [(0, 0), (0, 1), (0, 0)]),
        ({"user_id": "nobody"}, [(0, 0), (0, 0), (0, 0)]),
    ],
)
def test_each_part_is_counted(rows, wanted, expected):
    """A part has what happened when it began, and not what happened when it ended."""
    found = rows.counts(Wanted(**wanted), Parts(NOON, 60, 3))
    assert [(one.success, one.failure) for one in found] == expected
    assert [one.at for one in found] == [NOON, NOON + 60, NOON + 120]


def found_by(audit, **wanted):
    """Return the times after noon of what is found, both ways."""
    newest = audit.newest_of(Wanted(**wanted), before=None, most=9)
    oldest = audit.oldest_of(Wanted(**wanted), after=0, most=9)
    assert newest == oldest[::-1]
    return [row.at - NOON for row in oldest]


def test_rows_are_found_by_outcome_and_until_when(rows):
    """What happened at the end of a time is not in it; a later time has no end."""
    assert found_by(rows, outcome="failure") == [-1, 0, 60]
    assert found_by(rows, outcome="success", since=NOON + 60) == [60, 179, 180]
    assert found_by(rows, until=NOON + 60) == [-1, 0, 59]
    assert found_by(rows, until=NOON + 60, since=NOON, user_id="ada") == [0]
    assert found_by(rows, until=NOON + DAY, name="user_disabled") == [179, 180]


def test_a_row_whose_outcome_was_edited_is_found(rows, world):
    """Where no outcome is asked for; it counts as neither."""
    world.auth.database.query("UPDATE auth_audit SET outcome = 'fine' WHERE at = %s", (NOON,))
    assert found_by(rows, until=NOON + 1) == [-1, 0]
    (part,) = rows.counts(Wanted(), Parts(NOON, 1, 1))
    assert (part.success, part.failure) == (0, 0)
