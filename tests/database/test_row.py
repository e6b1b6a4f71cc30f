"""One row of an answer: a dict that can be used like a tuple."""

from __future__ import annotations

import json

import pytest

ADD = "INSERT INTO notes (id, body) VALUES (%s, %s)"


def test_a_row_is_read_by_name_and_by_place(db):
    """A row is a dict that unpacks into its values, as a driver's tuple does."""
    db.query(ADD, (1, "a"))
    row = db.query("SELECT id, body FROM notes", fetch="one")
    number, body = row
    assert (number, body) == (row["id"], row[1]) == (row[0], row[-1]) == row[:2] == row == (1, "a")
    assert [*reversed(row)] == ["a", 1]
    assert (dict(row), {**row}, json.dumps(row)) == ({"id": 1, "body": "a"}, row, '{"id": 1, "body": "a"}')
    assert row != (1, "b")


@pytest.mark.parametrize(("key", "error"), [("absent", KeyError), (2, IndexError)])
def test_a_column_that_is_not_there_is_an_error(db, key, error):
    """Names raise KeyError, places IndexError, as dicts and tuples do."""
    row = db.query("SELECT 1 AS a, 2 AS b", fetch="one")
    with pytest.raises(error):
        row[key]
