"""Accounts whose user is gone, in a SQLite file that another program wrote to without the guard of today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import EmailTakenError
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from jwt_auth_core.users.sql import SqlUsers
from tests.databases import opened
from tests.unguarded import unguard
from tests.users.test_guard import ADD, identities, new, user_id


@pytest.fixture
def db(tmp_path) -> Iterator[Database]:
    """Return a file with Ada and Eve, and without the guard."""
    with opened("sqlite", None, tmp_path) as database:
        migrate(database)
        database.query(ADD, (f"a{user_id(1)[1:]}", "ada@example.com"))
        database.query(ADD, (user_id(2), "eve@example.com"))
        adopt(database)
        unguard(database)
        yield database


def written(directory: Path, statement: str, *values: str) -> None:
    """Run a statement as a program does that has not switched foreign keys on."""
    with closing(sqlite3.connect(directory / "test.sqlite3")) as other, other:
        other.execute(statement, values)


RESPELLED = [
    "UPDATE users SET user_id = upper(user_id)",
    "UPDATE users SET user_id = replace(user_id, '-', '')",
]


@pytest.mark.parametrize("statement", RESPELLED)
def test_an_id_in_other_letters_is_the_same_user(db, tmp_path, statement):
    """The account goes with it: who was disabled still is, and nobody is named."""
    users = SqlUsers(db)
    users.disable(users.find_by_email("ada@example.com").user_id, now=5)
    written(tmp_path, statement)
    assert adopt(db) == Adoption(0, ())
    assert users.find_by_email("ada@example.com").disabled_at == 5


def test_a_row_with_another_id_gets_its_identity(db, tmp_path):
    """It is a new user with the address of the one that is gone, and none of its rights."""
    # ID-1
    users = SqlUsers(db)
    users.set_scopes(user_id(2), ["admin"])
    written(tmp_path, "UPDATE users SET user_id = ? WHERE user_id = ?", user_id(3), user_id(2))
    assert adopt(db) == Adoption(1, ())
    user = users.find_by_email("eve@example.com")
    assert (user.user_id, user.scopes) == (user_id(3), frozenset())


def test_a_changed_address_of_a_row_that_is_gone_is_followed(db, tmp_path):
    """UPDATE OR REPLACE took the other row away: who has the address now logs in with it."""
    written(tmp_path, "UPDATE OR REPLACE users SET email = 'eve@example.com' WHERE email LIKE 'ada%'")
    assert adopt(db) == Adoption(0, ())
    assert SqlUsers(db).find_by_email("eve@example.com").user_id.startswith("a0")
    assert list(identities(db).values()) == ["eve@example.com"]


def test_an_account_of_nobody_is_forgotten(db, tmp_path):
    """Its address can be registered again."""
    written(tmp_path, "DELETE FROM users")
    adopt(db)
    assert identities(db) == {}
    assert SqlUsers(db).add(new("ada@example.com"))


def test_the_address_of_a_row_without_an_id_stays_taken(db, tmp_path):
    """While a row has the address, however it is written, nobody else gets it."""
    # ID-1
    written(tmp_path, "UPDATE users SET email = ' Eve@Example.com' WHERE email LIKE 'eve%'")
    written(tmp_path, "UPDATE users SET user_id = 'odd' WHERE user_id = ?", user_id(2))
    adopt(db)
    with pytest.raises(EmailTakenError):
        SqlUsers(db).add(new("eve@example.com"))
