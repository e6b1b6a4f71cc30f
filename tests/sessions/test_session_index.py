"""The session index: what it lists, what it forgets, on both databases."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.sessions.session_index import PURGED_AT_ONCE, SessionIndex
from jwt_auth_core.vocabulary import SessionId, UserId
from tests.databases import SHARED, opened

NOW = 1_800_000_000
ADA = UserId("0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f")
EVE = UserId("0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e70")


@pytest.fixture(scope="module", params=SHARED)
def database(request, tmp_path_factory):
    with opened(request.param, request, tmp_path_factory.mktemp("index")) as database:
        migrate(database)
        yield database


@pytest.fixture
def index(database):
    """Return an empty index of two users."""
    database.query("DELETE FROM auth_user_sessions")
    return SessionIndex(database)


def sid(number: int) -> SessionId:
    """Return a session id."""
    return SessionId(f"{number:032x}")


def test_sessions_are_listed_by_user_and_age(index):
    """The oldest first, each user's own."""
    for number, (user_id, at) in enumerate([(ADA, NOW + 2), (EVE, NOW), (ADA, NOW), (ADA, NOW + 1)]):
        index.add(sid(number), user_id=user_id, now=at, ends_at=NOW + 100)
    assert index.of_user(ADA, now=NOW) == [sid(2), sid(3), sid(0)]
    assert index.of_user(EVE, now=NOW) == [sid(1)]


def test_an_owner_is_known_until_the_session_is_struck(index):
    """Of one that was never there nobody knows."""
    index.add(sid(1), user_id=ADA, now=NOW, ends_at=NOW + 100)
    assert (index.owner(sid(1)), index.owner(sid(2))) == (ADA, None)
    index.remove(sid(1))
    assert index.owner(sid(1)) is None


def test_sessions_of_one_second_are_listed_in_their_order(index):
    """Whatever their ids, and whatever was struck between them."""
    # RF-15
    for number in (5, 9, 1):
        index.add(sid(number), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.remove(sid(9))
    for number in (7, 3):
        index.add(sid(number), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.remove(sid(3))
    for number in (4, 2):
        index.add(sid(number), user_id=ADA, now=NOW, ends_at=NOW + 100)
    assert index.of_user(ADA, now=NOW) == [sid(number) for number in (5, 1, 7, 4, 2)]


def test_cleaning_the_table_keeps_the_order(index, database):
    """The database may move rows, and write them anew."""
    for number in (5, 9, 1, 7, 3):
        index.add(sid(number), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.remove(sid(9))
    if database.dialect == "sqlite":
        database.query("VACUUM")
    else:
        database.query("VACUUM (FULL, FREEZE) auth_user_sessions")
    index.add(sid(2), user_id=ADA, now=NOW, ends_at=NOW + 100)
    assert index.of_user(ADA, now=NOW) == [sid(number) for number in (5, 1, 7, 3, 2)]


def test_adding_twice_is_adding_once(index):
    """The first time is kept."""
    index.add(sid(1), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.add(sid(1), user_id=ADA, now=NOW + 5, ends_at=NOW + 500)
    assert index.of_user(ADA, now=NOW + 99) == [sid(1)]
    assert index.of_user(ADA, now=NOW + 100) == []


def test_removing_may_be_repeated(index):
    """A struck session is not there, however often it is struck."""
    index.add(sid(1), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.remove(sid(1))
    index.remove(sid(1))
    assert index.of_user(ADA, now=NOW) == []


def test_only_older_ones_are_forgotten(index):
    """A session that may be on its way into the store stays."""
    index.add(sid(1), user_id=ADA, now=NOW, ends_at=NOW + 100)
    index.forget(sid(1), opened_before=NOW)
    assert index.of_user(ADA, now=NOW) == [sid(1)]
    index.forget(sid(1), opened_before=NOW + 1)
    assert index.of_user(ADA, now=NOW) == []


def test_what_ended_by_itself_is_purged_bit_by_bit(index):
    """A new row removes a bounded number of those past their end."""
    for number in range(PURGED_AT_ONCE + 5):
        index.add(sid(number), user_id=ADA, now=NOW, ends_at=NOW + 10)
    index.add(sid(999), user_id=EVE, now=NOW + 10, ends_at=NOW + 100)
    assert len(index.of_user(ADA, now=NOW)) == 5
    index.add(sid(998), user_id=EVE, now=NOW + 10, ends_at=NOW + 100)
    assert index.of_user(ADA, now=NOW) == []
    assert index.of_user(EVE, now=NOW + 10) == [sid(999), sid(998)]


@pytest.mark.parametrize("text", ["", "A" * 32, "nonsense", "0" * 33])
def test_only_session_ids_are_taken(index, text):
    """Whatever is no session id is refused before the database hears of it."""
    # RF-09
    for call in (
        lambda: index.add(text, user_id=ADA, now=NOW, ends_at=NOW),
        lambda: index.remove(text),
        lambda: index.forget(text, opened_before=NOW),
    ):
        with pytest.raises(InvalidInputError):
            call()
