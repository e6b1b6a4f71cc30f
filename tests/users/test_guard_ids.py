"""The guard on a table whose ids may be absent, or change, and whose addresses have their own collation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.database.guard import is_guarded
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.errors import EmailTakenError
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from jwt_auth_core.users.sql import SqlUsers
from tests.databases import SHARED, opened
from tests.users.test_guard import ADD, identities, new, user_id

NULLABLE = """
    CREATE TABLE users (id INTEGER PRIMARY KEY, user_id UUID UNIQUE, email TEXT UNIQUE, password_hash TEXT,
                        first_name TEXT, last_name TEXT, created_at TIMESTAMP)
"""
ONLY_ADDRESS = "INSERT INTO users (id, email) VALUES (%s, %s)"


def spelled(text: str, db: Database) -> str:
    """Return the table in the words of a database, which numbers its rows."""
    return text.replace("id INTEGER", "id SERIAL") if db.dialect == "postgres" else text


@pytest.fixture(params=SHARED)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database where another application may leave the user_id out."""
    with opened(request.param, request, tmp_path) as database:
        database.run(Statement(spelled(NULLABLE, database), 0))
        yield database


def test_a_row_without_an_id_is_written_as_before(db):
    """The guard lets it pass: it is no account yet, nobody logs in with it, and no address is told."""
    migrate(db)
    assert db.query(ONLY_ADDRESS, (1, "ada@example.com")) == 1
    assert db.query("UPDATE users SET email = 'eve@example.com'") == 1
    assert identities(db) == {}
    assert SqlUsers(db).find_by_email("eve@example.com") is None


def test_rows_without_an_id_are_named_with_the_statement_that_helps(db):
    """The remedy is run as it is printed; after it each has an id of its own, and its account."""
    db.query(ONLY_ADDRESS, (1, "ada@example.com"))
    migrate(db)
    db.query(ONLY_ADDRESS, (2, "eve@example.com"))
    (left,) = adopt(db).left
    assert str(left).startswith("user NULL: 2 rows have no user_id; UPDATE users SET user_id = ")
    db.run(Statement(left.remedy, 0))
    assert adopt(db).left == ()
    assert sorted(identities(db).values()) == ["ada@example.com", "eve@example.com"]


def test_one_row_without_an_id_is_one(db):
    """The sentence is English."""
    migrate(db)
    db.query(ONLY_ADDRESS, (1, "ada@example.com"))
    assert [one.reason for one in adopt(db).left] == ["one row has no user_id"]


def test_the_remedy_writes_ids_as_the_column_has_them(tmp_path):
    """In a CHAR(32) column they have no hyphens, as SQLAlchemy reads them."""
    with opened("memory", None, tmp_path) as db:
        db.run(Statement(NULLABLE.replace("UUID", "CHAR(32)"), 0))
        migrate(db)
        db.query(ONLY_ADDRESS, (1, "ada@example.com"))
        db.run(Statement(adopt(db).left[0].remedy, 0))
        assert db.query("SELECT 1 FROM users WHERE length(user_id) = 32") == 1


def test_an_id_that_comes_later_is_taken_up(db):
    """Once the row has an id it is a user, whose address nobody else can register."""
    # ID-1
    migrate(db)
    db.query(ONLY_ADDRESS, (1, "Ada@Example.com"))
    db.query("UPDATE users SET user_id = %s", (user_id(1),))
    users = SqlUsers(db, catch_up=Adopter(db).catch_up)
    with pytest.raises(EmailTakenError):
        users.add(new("ada@example.com"))
    assert identities(db) == {1: "ada@example.com"}


def test_many_rows_without_an_id_do_not_hold_adoption_up(db, monkeypatch):
    """However few of the rows have ids, it comes to an end and adopts those."""
    monkeypatch.setattr("jwt_auth_core.users.adoption.unadopted.WINDOW", 2)
    monkeypatch.setattr("jwt_auth_core.users.adoption.adoption.PAGE", 2)
    for number in range(2, 7):
        db.query(ONLY_ADDRESS, (number, f"{number}@example.com"))
    db.query("INSERT INTO users (id, user_id, email) VALUES (1, %s, 'ada@example.com')", (user_id(1),))
    migrate(db)
    assert adopt(db).adopted == 1


@pytest.mark.servers
@pytest.mark.parametrize("collation", ["C.utf8", "pg_c_utf8", "ucs_basic"])
def test_an_address_column_with_its_own_collation(request, tmp_path, collation):
    """Whatever the column sorts by, identities are compared octet by octet: by adoption and by the guard."""
    # ID-1
    with opened("postgres", request, tmp_path) as db:
        text = spelled(NULLABLE, db).replace("email TEXT", f'email TEXT COLLATE "{collation}"')
        db.run(Statement(text, 0))
        db.query(ADD, (user_id(1), "Ada@Example.com"))
        migrate(db)
        assert adopt(db) == Adoption(1, ())
        db.query("UPDATE users SET email = 'Augusta@Example.com'")
        db.query(ADD, (user_id(2), "Eve@Example.com"))
        assert adopt(db) == Adoption(0, ())
        assert identities(db) == {1: "augusta@example.com", 2: "eve@example.com"}
        assert is_guarded(db)
        assert SqlUsers(db).add(new("bob@example.com"))
