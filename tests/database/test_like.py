"""A search for what somebody typed finds exactly that."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.like import containing

SEARCH = r"SELECT id FROM notes WHERE body LIKE %s ESCAPE '\' ORDER BY id"
BODIES = ["100%", "1000", "a_b", "axb", r"a\b", "a%b", "'"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("%", {0, 5}),
        ("100%", {0}),
        ("a_b", {2}),
        ("\\", {4}),
        (r"\%", set()),
        ("'", {6}),
        ("", set(range(7))),
    ],
)
def test_wildcards_stand_for_themselves(db, typed, found):
    """A percent sign, an underscore and a backslash are searched for like any character."""
    # SQL-4
    for number, body in enumerate(BODIES):
        db.query("INSERT INTO notes (id, body) VALUES (%s, %s)", (number, body))
    assert {row["id"] for row in db.query(SEARCH, (containing(typed),), fetch="all")} == found
