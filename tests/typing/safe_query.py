# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of a query: its SQL is a literal, its rows have their type.

mypy takes every str for a LiteralString (PEP 675 is not in it), so the refusals of built texts are
pyright's; the test of the house runs both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_type

from jwt_auth_core import safe_query
from jwt_auth_core.database import Database, Row


@dataclass(frozen=True)
class Note:
    """A row."""

    note_id: int
    body: str


NOTES = "SELECT note_id, body FROM notes WHERE note_id = %s"


def rows_have_their_type(db: Database) -> None:
    """What is fetched decides what is returned."""
    assert_type(db.query(NOTES, (1,), fetch="one"), Row | None)
    assert_type(db.query(NOTES, (1,), fetch="all"), list[Row])
    assert_type(db.query(NOTES, (1,), fetch="one", into=Note), Note | None)
    assert_type(db.query(NOTES, (1,), fetch="all", into=Note), list[Note])
    assert_type(db.query(NOTES, [1]), int)
    assert_type(db.query("DELETE FROM notes", fetch=None), int)
    assert_type(db.query("DELETE FROM notes", fetch="auto"), list[Row] | int)


def literals_may_be_joined(db: Database) -> None:
    """Texts that are all literals make a literal."""
    db.query(NOTES + " ORDER BY note_id", (1,))


def wrong_calls(db: Database) -> None:
    """Another word for fetch, rows without fetch, and a lone value do not type-check."""
    db.query(NOTES, (1,), fetch="many")  # type: ignore[call-overload]
    db.query(NOTES, (1,), into=Note)  # type: ignore[call-overload]
    db.query(NOTES, 1)  # type: ignore[call-overload]
    with db.transaction():
        db.query(NOTES, (1,))


def built_texts(db: Database, name: str) -> None:
    """A text with a value pasted into it does not type-check (SQL-1)."""
    db.query(f"SELECT '{name}'")  # pyright: ignore[reportArgumentType]
    db.query("SELECT '" + name + "'")  # pyright: ignore[reportArgumentType]
    db.query("SELECT '{}'".format(name))  # pyright: ignore[reportArgumentType]  # noqa: UP032
    db.query("SELECT '%s'" % name)  # pyright: ignore[reportArgumentType]  # noqa: UP031
    db.query(name)  # pyright: ignore[reportArgumentType]


def the_helper_is_typed_alike(name: str) -> None:
    """`safe_query`, the same on the process's own database, takes literals too."""
    assert_type(safe_query(NOTES, (1,), fetch="one"), Row | None)
    assert_type(safe_query(NOTES, (1,), fetch="all", into=Note), list[Note])
    assert_type(safe_query("DELETE FROM notes", fetch=None), int)
    assert_type(safe_query(NOTES, (1,)), Any)  # rows for this text, a number for a DELETE
    assert_type(safe_query(NOTES, (1,), "one"), Any)
    assert_type(safe_query(query="DELETE FROM notes", params=None, insert=True), Any)
    safe_query(f"SELECT '{name}'")  # pyright: ignore[reportArgumentType]
