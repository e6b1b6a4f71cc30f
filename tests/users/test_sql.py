"""What is the SQL store's alone: one question for many, both rows or none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import EmailTakenError, UserNotFoundError
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser, new_user_id
from tests import migrated
from tests.databases import DATABASES


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database with our tables."""
    with migrated.opened(request.param, request, tmp_path) as database:
        yield database


def ada(**facts) -> NewUser:
    """Return a user to add."""
    return NewUser(
        **{"email": "a@b.c", "canonical": "a@b.c", "password_hash": "h", "first_name": "A", "last_name": "L"}
        | facts
    )


def test_a_batch_of_standings_is_one_query(db, monkeypatch):
    """However many pairs are asked for, the database is asked once."""
    users = SqlUsers(db)
    user = users.add(ada())
    asked, running = [], db.running
    monkeypatch.setattr(db, "running", lambda *given: asked.append(given) or running(*given))
    users.read([(user.user_id, f"{n:032x}") for n in range(100)])
    assert len(asked) == 1


def test_no_half_user(db):
    """When the account cannot be stored the user is not either (F-13)."""
    # F-13
    users = SqlUsers(db)
    users.add(ada())
    with pytest.raises(EmailTakenError):
        users.add(ada(email="other@b.c"))
    assert db.query("SELECT count(*) AS n FROM users", fetch="one") == {"n": 1}


def test_a_deleted_user_leaves_no_account(db):
    """Deleting the documented row, as an older application does, deletes ours with it."""
    users = SqlUsers(db)
    user = users.add(ada())
    db.query("DELETE FROM users WHERE user_id = %s", (user.user_id,))
    assert users.find(user.user_id) is None
    assert db.query("SELECT * FROM auth_accounts", fetch="all") == []
    assert users.add(ada())


def test_adding_joins_the_transaction_around_it(db):
    """A flow may store a user and more as one."""
    users = SqlUsers(db)
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(db, users)
    assert users.find_by_email("a@b.c") is None


def _add_and_fail(db, users) -> None:
    with db.transaction():
        users.add(ada())
        raise ZeroDivisionError


def test_why_a_session_ended_is_kept(db):
    """The record says whose session it was, when it ended and why."""
    users, user_id = SqlUsers(db), new_user_id()
    users.end_session("a" * 32, user_id=user_id, reason="logout", now=5, expires_at=9)
    users.end_session("a" * 32, user_id=None, reason="reuse", now=6, expires_at=8)
    row = {"session_id": "a" * 32, "user_id": user_id, "reason": "logout", "revoked_at": 5, "expires_at": 9}
    assert db.query("SELECT * FROM auth_revoked_sessions", fetch="all") == [row]


def test_an_unknown_user_cannot_be_changed(db):
    """Changing nobody is an error, not silence."""
    with pytest.raises(UserNotFoundError):
        SqlUsers(db).set_scopes(new_user_id(), ["admin"])
