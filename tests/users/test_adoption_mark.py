"""The mark that every row is in step: a start looks at none, until something may have changed unseen."""

from __future__ import annotations

import sys
import uuid

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.users.adoption import adoption
from jwt_auth_core.users.adoption import mark as marks
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from jwt_auth_core.users.adoption.mark import Beginning, beginning, is_marked, mark
from tests.databases import opened
from tests.unguarded import unguard

ADD = (
    "INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (%s, %s, 'h', 'A', 'B')"
)
ADA, EVE = (str(uuid.UUID(int=number)) for number in (1, 2))


@pytest.fixture
def db(request, tmp_path):
    """Return a database with a user, which was started with once."""
    with opened("sqlite", request, tmp_path) as database:
        migrate(database)
        database.query(ADD, (ADA, "ada@example.com"))
        Adopter(database).start()
        yield database


def identity(db) -> str:
    """Return the identity of the account."""
    row = db.query("SELECT email_canonical FROM auth_accounts WHERE user_id = %s", (ADA,), fetch="one")
    return row["email_canonical"]


def spoil(db) -> None:
    """Give the account an identity that its row does not have, as no writer to ``users`` can."""
    db.query("UPDATE auth_accounts SET email_canonical = 'odd@example.com' WHERE user_id = %s", (ADA,))


def test_a_start_looks_at_no_row_once_all_are_in_step(db):
    """What only a look at the rows could find stays; `jwt-auth migrate` looks at all of them."""
    spoil(db)
    Adopter(db).start()
    assert identity(db) == "odd@example.com"
    Adopter(db).run()
    assert identity(db) == "ada@example.com"


def test_it_decides_what_was_queued_all_the_same(db):
    """A row that the guard left to us gets its account, and the mark stays."""
    db.query(ADD, (EVE, "eve@bücher.example"))
    Adopter(db).start()
    assert db.query("SELECT 1 FROM auth_accounts WHERE email_canonical = 'eve@xn--bcher-kva.example'") == 1
    assert is_marked(db)


def test_a_user_that_passed_the_guard_by_is_adopted(db):
    """A program that switched triggers off leaves a user without an account: the numbers differ."""
    db.query("DELETE FROM auth_accounts")
    Adopter(db).start()
    assert (identity(db), is_marked(db)) == ("ada@example.com", True)


def test_a_guard_that_was_away_means_another_look(db):
    """What was written without the triggers is adopted at the first start after they are back."""
    unguard(db)
    db.query("UPDATE users SET email = 'countess@example.com'")
    migrate(db)
    Adopter(db).start()
    assert identity(db) == "countess@example.com"


def test_without_the_guard_every_start_looks(db):
    """Nobody tells us then who writes."""
    unguard(db)
    spoil(db)
    Adopter(db).start()
    assert (identity(db), is_marked(db)) == ("ada@example.com", False)


def test_another_rule_means_another_look(db, monkeypatch):
    """A version that reads addresses in another way goes through all of them once."""
    spoil(db)
    monkeypatch.setattr(marks, "RULE", marks.RULE + 1)
    Adopter(db).start()
    assert (identity(db), is_marked(db)) == ("ada@example.com", True)


def test_who_is_left_is_named_at_each_start(db, caplog):
    """A row that was not adopted may be later, when another is gone."""
    db.query(ADD, (EVE, "ADA@example.com"))
    for _ in range(2):
        Adopter(db).start()
    assert [EVE in message for message in caplog.messages] == [True, True]
    db.query("DELETE FROM users WHERE user_id = %s", (ADA,))
    Adopter(db).start()
    assert db.query("SELECT 1 FROM auth_accounts WHERE user_id = %s", (EVE,)) == 1


def test_an_address_that_is_taken_is_looked_at_again(db):
    """The account follows at the first start after the other user is gone."""
    db.query(ADD, (EVE, "eve@example.com"))
    Adopter(db).start()
    db.query("UPDATE users SET email = 'Eve@example.com' WHERE user_id = %s", (ADA,))
    Adopter(db).start()
    db.query("DELETE FROM users WHERE user_id = %s", (EVE,))
    Adopter(db).start()
    assert identity(db) == "eve@example.com"


def test_an_address_that_nobody_can_read_yet_is_looked_at_again(db, monkeypatch):
    """Its account follows at the first start with the package."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "idna", None)
        db.query("UPDATE users SET email = 'ada@bücher.example'")
        for _ in range(2):
            Adopter(db).start()
        assert (identity(db), is_marked(db)) == ("ada@example.com", False)
    Adopter(db).start()
    assert (identity(db), is_marked(db)) == ("ada@xn--bcher-kva.example", True)


def test_what_is_queued_during_the_look_keeps_the_mark_away(db, monkeypatch):
    """The look may have been past that row."""
    db.run(Statement("DELETE FROM auth_adopted", 0))
    before = adoption.forget

    def forget(database) -> None:
        database.query("UPDATE users SET email = 'countess@example.com'")
        before(database)

    monkeypatch.setattr(adoption, "forget", forget)
    assert adopt(db) == Adoption(0, ())
    assert not is_marked(db)


def test_a_schema_that_changed_during_the_look_keeps_the_mark_away(db):
    """The guard may have been away."""
    since = beginning(db)
    db.run(Statement("CREATE TABLE another (x)", 0))
    mark(db, since)
    assert isinstance(since, Beginning)
    assert not is_marked(db)


@pytest.mark.servers
def test_postgresql_has_no_mark(request, tmp_path):
    """Its triggers can be off for a session, which no catalogue tells: each start looks."""
    with opened("postgres", request, tmp_path) as db:
        migrate(db)
        db.query(ADD, (ADA, "ada@example.com"))
        spoil(db)
        Adopter(db).start()
        assert (identity(db), beginning(db), is_marked(db)) == ("ada@example.com", None, False)
