"""The sessions of all users in the index: in which order, by what they are found, how they are read."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.sessions.session_directory import LATEST, STATEMENTS, SqlSessionDirectory
from jwt_auth_core.sessions.session_index import SessionIndex
from tests.databases import SHARED, opened
from tests.sessions.test_session_index import ADA, EVE, NOW, sid

NAMES = {ADA: "ada", EVE: "eve"}
HERE, THERE = "203.0.113.9", "2001:db8::1"


@pytest.fixture(scope="module", params=SHARED)
def database(request, tmp_path_factory):
    with opened(request.param, request, tmp_path_factory.mktemp("directory")) as database:
        migrate(database)
        for user_id, name in NAMES.items():
            database.query(
                "INSERT INTO users (user_id, email, password_hash, first_name, last_name)"
                " VALUES (%s, %s, '!', %s, 'B')",
                (user_id, f"{name}@example.com", name),
            )
        yield database


@pytest.fixture
def read(database):
    """Return a function that reads the numbers of sessions: five of two users, from two addresses."""
    database.query("DELETE FROM auth_user_sessions")
    index = SessionIndex(database)
    rows = ((ADA, 0, HERE), (EVE, 5, THERE), (ADA, 5, THERE), (EVE, 5, HERE), (ADA, 9, None))
    for number, (user_id, after, address) in enumerate(rows):
        index.add(sid(number), user_id=user_id, now=NOW + after, ends_at=NOW + 100 + after, address=address)

    def page(*, before=(LATEST, ""), since=0, user_id=None, address=None, now=NOW, most=50):
        found = SqlSessionDirectory(database).page(
            before=before, since=since, user_id=user_id, address=address, now=now, most=most
        )
        return [int(one.session_id, 16) for one in found]

    return page


def test_the_newest_come_first(read):
    """Those of one second by their ids."""
    assert read() == [4, 3, 2, 1, 0]


def test_each_says_whose_it_is(read, database):
    """By id, address and name."""
    assert read(most=1) == [4]
    (one,) = SqlSessionDirectory(database).page(
        before=(LATEST, ""), since=0, user_id=None, address=None, now=NOW, most=1
    )
    assert (one.user_id, one.email, one.first_name, one.last_name) == (ADA, "ada@example.com", "ada", "B")
    assert one.place == (NOW + 9, sid(4))


@pytest.mark.parametrize(("number", "expected"), [(4, [3, 2, 1, 0]), (2, [1, 0]), (0, [])])
def test_a_page_goes_on_behind_a_place(read, number, expected):
    """Also in the midst of a second."""
    at = NOW + (0, 5, 5, 5, 9)[number]
    assert read(before=(at, sid(number))) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"user_id": ADA}, [4, 2, 0]),
        ({"address": HERE}, [3, 0]),
        ({"user_id": EVE, "address": THERE}, [1]),
        ({"user_id": ADA, "before": (NOW + 5, sid(2))}, [0]),
        ({"since": NOW + 5}, [4, 3, 2, 1]),
        ({"since": NOW + 5, "before": (NOW + 9, "")}, [3, 2, 1]),
        ({"now": NOW + 100}, [4, 3, 2, 1]),
        ({"now": NOW + 105, "address": THERE}, []),
    ],
)
def test_they_are_found_by_user_address_and_time(read, wanted, expected):
    """In any combination; what is past its end is left out."""
    assert read(**wanted) == expected


def test_a_page_of_many_reads_an_index():
    """Neither sorted nor read whole; on PostgreSQL the planner sees how many there are."""
    database = SqliteDatabase(":memory:")
    migrate(database)
    plan = database.query(f"EXPLAIN QUERY PLAN {STATEMENTS[False, False]}", (1, "a", 0, 0, 5), fetch="all")
    database.close()
    steps = " ".join(row["detail"] for row in plan)
    assert "auth_user_sessions_opened_at" in steps
    assert "TEMP B-TREE" not in steps
