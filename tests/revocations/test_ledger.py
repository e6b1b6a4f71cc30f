"""The ledger: what the database knows to be revoked, whoever recorded it, and whatever became of him."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import ConstraintError, StoreUnavailableError
from jwt_auth_core.revocations import sql
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded
from jwt_auth_core.revocations.sql import SqlFeed, SqlLedger
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests import migrated
from tests.contracts.people import new
from tests.databases import SHARED
from tests.revocations.parts import NOW, SID, USER

KEEP = 1020


@pytest.fixture(params=SHARED)
def database(request, tmp_path):
    """Return a database with our tables."""
    with migrated.opened(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def ledger(database):
    """Return the ledger."""
    return SqlLedger(database, keep_seconds=KEEP)


@pytest.fixture
def users(database):
    """Return the users of the same database."""
    return SqlUsers(database)


def add(users, email="ada@example.com"):
    """Add a user; return the id."""
    return users.add(NewUser(email, email, "hash", "Ada", "L")).user_id


def since(ledger, at):
    """Return all that was recorded since."""
    return [one for page in ledger.since(at) for one in page]


def of_users(ledger, at):
    """Return who was cut off since, by the quick look and by the long one, which agree."""
    found = list(ledger.lately(at))
    assert found == since(ledger, at)
    return found


def end(users, session_id, at):
    """Record the end of a session, as the flows do."""
    users.end_session(session_id, user_id=None, reason="logout", now=at, expires_at=at + 10_000)


def test_nothing_is_nothing(ledger):
    """An empty database has nothing to say."""
    assert since(ledger, 0) == []


def test_what_is_kept_is_told(ledger):
    """All kinds, from the moment asked for."""
    cut_offs = [CutOff(USER, NOW + 7), CutOff(USER, NOW + 7, 0), CutOff(USER, NOW + 7, token_version=1)]
    kept = [Recorded(EndedSession(SID), NOW), *(Recorded(one, NOW + 1) for one in cut_offs)]
    for one in kept:
        ledger.keep(one)
    assert since(ledger, NOW) == kept
    assert since(ledger, NOW + 1) == kept[1:]


def test_ended_sessions_are_told(ledger, users):
    """Also when the process died that recorded the end, before it could publish it."""
    # F-18
    end(users, SID, NOW)
    assert since(ledger, NOW) == [Recorded(EndedSession(SID), NOW)]
    assert since(ledger, NOW + 1) == []


def test_cut_offs_of_tokens_are_told(ledger, users):
    """A role was taken away, and the process died before it told anybody."""
    # F-18
    user_id = users.add(new("ada@example.com")).user_id
    users.cut_off_tokens(user_id, now=NOW)
    assert of_users(ledger, NOW) == [Recorded(CutOff(user_id, NOW + 1, token_version=1), NOW)]
    assert of_users(ledger, NOW + 1) == []


def test_cut_offs_are_told(ledger, users):
    """Also those that nobody published: a password was changed, and the process died."""
    # F-18
    user_id = add(users)
    users.cut_off(user_id, now=NOW)
    assert of_users(ledger, NOW) == [Recorded(CutOff(user_id, NOW + 1, 1), NOW)]
    assert of_users(ledger, NOW + 1) == []


def test_cut_offs_of_before_they_were_numbered_are_told(ledger, users, database):
    """They name the first moment that is good, and concern every token."""
    user_id = add(users)
    database.query("UPDATE auth_accounts SET sessions_valid_after = %s", (NOW,))
    assert of_users(ledger, NOW) == [Recorded(CutOff(user_id, NOW), NOW)]


def test_disabled_users_are_cut_off(ledger, users, database):
    """A mark in the table is enough; the later of mark and cut-off counts."""
    # RF-11
    user_id = add(users)
    users.cut_off(user_id, now=NOW - 5)
    database.query("UPDATE auth_accounts SET disabled_at = %s", (NOW,))
    assert of_users(ledger, NOW) == [Recorded(CutOff(user_id, NOW + 1, 2), NOW)]


def test_who_is_enabled_again_is_not_cut_off_for_it(ledger, users):
    """What is told of a disabled user concerns nothing that begins after `enable`."""
    # RF-11
    user_id = add(users)
    users.disable(user_id, now=NOW)
    ((cut_off, _),) = [(one.revocation, one.at) for one in of_users(ledger, NOW)]
    users.enable(user_id)
    assert users.find(user_id).session_version == cut_off.session_version


def test_a_quick_look_tells_both_kinds(ledger, users):
    """And is no longer than a page."""
    user_id = add(users)
    users.cut_off(user_id, now=NOW)
    users.cut_off_tokens(user_id, now=NOW)
    assert {one.revocation for one in ledger.lately(NOW)} == {
        CutOff(user_id, NOW + 1, 1),
        CutOff(user_id, NOW + 1, token_version=1),
    }
    assert list(ledger.lately(NOW + 1)) == []


def test_a_quick_look_tells_the_last_that_were_kept(ledger, monkeypatch):
    """Whatever their time, for clocks differ: a client was removed, and the process died."""
    # F-18
    monkeypatch.setattr(sql, "LATELY", 2)
    kept = [Recorded(EndedSession(f"{number:032x}"), NOW - number) for number in range(3)]
    for one in kept:
        ledger.keep(one)
    assert list(ledger.lately(NOW + 1)) == [kept[2], kept[1]]


def test_a_quick_look_tells_the_last_sessions_that_ended(ledger, users, monkeypatch):
    """Those of lately, the latest before the others: somebody logged out, and the process died."""
    # F-18
    monkeypatch.setattr(sql, "ENDED_LATELY", 2)
    for number in range(4):
        end(users, f"{number:032x}", NOW - number)
    found = list(ledger.lately(NOW - 1))
    assert found == [Recorded(EndedSession(f"{number:032x}"), NOW - number) for number in range(2)]
    assert list(ledger.lately(NOW + 1)) == []


def test_a_deleted_users_tokens_stay_revoked(ledger, users, database):
    """The record of a cut-off does not go with its user."""
    # RF-11
    user_id = add(users)
    ledger.keep(Recorded(CutOff(user_id, NOW), NOW))
    database.query("DELETE FROM users")
    assert since(ledger, NOW) == [Recorded(CutOff(user_id, NOW), NOW)]


def test_many_come_in_pages(ledger, users, monkeypatch):
    """However many there are, each comes once, and never all in one page."""
    monkeypatch.setattr(sql, "PAGE", 4)
    for number in range(10):
        end(users, f"{number:032x}", NOW + number // 5)
        ledger.keep(Recorded(EndedSession(f"{number + 100:032x}"), NOW))
        users.cut_off(add(users, f"u{number}@example.com"), now=NOW)
    pages = list(ledger.since(NOW))
    assert max(map(len, pages)) == 4
    found = [one.revocation for page in pages for one in page]
    assert len(found) == len(set(found)) == 30


def test_nothing_is_kept_longer_than_it_matters(ledger, database):
    """Each row has its end: a token's life after it was recorded, or after a cut-off to come."""
    ledger.keep(Recorded(EndedSession(SID), NOW))
    ledger.keep(Recorded(CutOff(USER, NOW + 500), NOW))
    rows = database.query("SELECT expires_at FROM auth_revocations ORDER BY position", fetch="all")
    assert [row["expires_at"] for row in rows] == [NOW + KEEP, NOW + 500 + KEEP]


@pytest.mark.parametrize("values", [(None, None, None), (SID, USER, 1), (SID, None, 1), (None, USER, None)])
def test_a_row_is_one_of_the_two_kinds(database, values):
    """The table takes no half of a revocation."""
    insert = (
        "INSERT INTO auth_revocations (session_id, user_id, valid_after, recorded_at, expires_at)"
        " VALUES (%s, %s, %s, 1, 1)"
    )
    with pytest.raises(ConstraintError):
        database.query(insert, values)


def test_another_row_in_the_same_place_is_a_gap(database):
    """A database that was restored and went on differently is noticed."""
    # F-06
    feed = SqlFeed(database, keep_seconds=KEEP)
    feed.publish(Recorded(EndedSession(SID), NOW))
    place = feed.begin()
    database.query("UPDATE auth_revocations SET session_id = %s", ("another",))
    assert feed.read(place) is None


def test_a_closed_database_is_unavailable(ledger, database):
    """Neither keeping nor telling pretends."""
    database.close()
    with pytest.raises(StoreUnavailableError):
        ledger.keep(Recorded(EndedSession(SID), NOW))
    with pytest.raises(StoreUnavailableError):
        since(ledger, NOW)
