"""Rows that an older application wrote are adopted: each identity once, nobody becomes another."""

from __future__ import annotations

import sys
import threading
import uuid
from collections.abc import Iterator

import pytest

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import EmailTakenError, UserNotFoundError
from jwt_auth_core.users.adoption import adoption, unadopted
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from jwt_auth_core.vocabulary import UserId
from tests.databases import DATABASES, opened
from tests.unguarded import unguard

ADD = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name, created_at)
    VALUES (%s, %s, 'a hash', 'A', 'B', %s)
"""


def user_id(number: int) -> UserId:
    """Return the id of the row with this number."""
    return UserId(str(uuid.UUID(int=number)))


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database with our tables, but nothing that keeps them in step."""
    with opened(request.param, request, tmp_path) as database:
        migrate(database)
        unguard(database)
        yield database


@pytest.fixture
def users(db) -> SqlUsers:
    """Return the users of that database."""
    return SqlUsers(db)


def wrote(db, *emails: str, since: str | None = "2020-01-01 00:00:00") -> None:
    """Store rows as an older application did, one after another."""
    for number, email in enumerate(emails, 1):
        db.query(ADD, (user_id(number), email, since and since.replace("01-01", f"01-{number:02}")))


def left(db) -> tuple[UserId, ...]:
    """Adopt; return the ids of those who had to be left."""
    return tuple(one.user_id for one in adopt(db).left)


def identities(db) -> dict[str, int]:
    """Return the number of the row that has each identity."""
    rows = db.query("SELECT user_id, email_canonical FROM auth_accounts", fetch="all")
    return {row["email_canonical"]: uuid.UUID(row["user_id"]).int for row in rows}


def test_every_row_gets_its_identity(db, users):
    """The identity is computed from the address; the users table is not touched."""
    # ID-1
    wrote(db, "Ada@Example.com", "bob@bücher.example")
    assert adopt(db) == Adoption(2, ())
    assert identities(db) == {"ada@example.com": 1, "bob@xn--bcher-kva.example": 2}
    assert users.find(user_id(1)).email == "Ada@Example.com"


def test_adopting_may_be_repeated(db):
    """The second time there is nothing to do."""
    wrote(db, "ada@example.com")
    adopt(db)
    assert adopt(db) == Adoption(0, ())


def test_of_two_rows_with_one_identity_the_earlier_gets_it(db, users):
    """The later row is left and named with the other by their ids; nobody logs in as another."""
    # ID-1
    wrote(db, "Ada@example.com", "eve@example.com", "ada@example.com")
    adoption = adopt(db)
    assert adoption.adopted == 2
    assert users.find_by_email("ada@example.com").user_id == user_id(1)  # CVE-2019-19844
    (sentence,) = map(str, adoption.left)
    assert sentence.startswith(f"user {user_id(3)}: its e-mail identity is that of user {user_id(1)}; ")
    assert "ada" not in sentence


def test_earlier_is_by_time_not_by_id(db):
    """When the row was created decides; a row without a time counts as the oldest."""
    db.query(ADD, (user_id(1), "ada@example.com", "2021-01-01"))
    db.query(ADD, (user_id(2), "Ada@example.com", "2020-01-01"))
    db.query(ADD, (user_id(3), "eve@example.com", "2020-01-01"))
    db.query(ADD, (user_id(4), "Eve@example.com", None))
    assert left(db) == (user_id(3), user_id(1))
    assert identities(db) == {"ada@example.com": 2, "eve@example.com": 4}


def test_a_left_row_is_reported_every_time(db):
    """Until somebody decides, each run says who is left."""
    wrote(db, "Ada@example.com", "ada@example.com")
    assert [left(db), left(db)] == [(user_id(2),)] * 2


def test_a_space_around_an_old_address_is_no_part_of_it(db, users):
    """The owner of such a row logs in as everybody does, and nobody else can take the address."""
    # ID-1
    wrote(db, " ada@example.com", "root@localhost ")
    assert adopt(db) == Adoption(2, ())
    assert users.find_by_email("ada@example.com").user_id == user_id(1)
    assert users.find_by_email("root@localhost").user_id == user_id(2)


@pytest.mark.parametrize("address", ["root@localhost", "admin", "ädä@example.com", "a b@example.com"])
def test_what_is_no_address_today_keeps_its_text(db, users, address):
    """A row with another kind of name is found by exactly that text, which no address equals."""
    wrote(db, address)
    assert adopt(db) == Adoption(1, ())
    assert users.find_by_email(address).user_id == user_id(1)
    assert users.find_by_email(address.upper()) is None


def test_without_idna_such_rows_wait(db, monkeypatch):
    """A domain that cannot be read yet is left; with the package the row is adopted."""
    wrote(db, "ada@bücher.example", "bob@example.com")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "idna", None)
        adoption = adopt(db)
        assert (adoption.adopted, [one.user_id for one in adoption.left]) == (1, [user_id(1)])
        assert "pip install" in str(adoption.left[0])
    assert adopt(db) == Adoption(1, ())


def test_batches_are_small(db, monkeypatch):
    """However many rows there are, and however many must be left, each batch moves on."""
    monkeypatch.setattr(adoption, "PAGE", 3)
    monkeypatch.setattr(adoption, "BATCH", 2)
    monkeypatch.setattr(unadopted, "WINDOW", 2)
    wrote(db, "a@x.com", "A@x.com", "A@X.com", "b@x.com", "B@x.com", "c@x.com", "a@X.com")
    assert left(db) == (user_id(2), user_id(3), user_id(5), user_id(7))
    assert identities(db) == {"a@x.com": 1, "b@x.com": 4, "c@x.com": 6}


def test_workers_that_adopt_at_once_agree(db):
    """Each row is adopted by one of them, and all leave the same rows."""
    wrote(db, *(f"{'Aa'[n % 2]}{n // 2}@example.com" for n in range(20)))
    found: list[Adoption] = []
    threads = [threading.Thread(target=lambda: found.append(adopt(db))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.adopted for one in found) == 10
    assert {tuple(one.user_id for one in run.left) for run in found} == {
        tuple(user_id(n) for n in range(2, 21, 2))
    }


def test_a_row_not_adopted_yet_is_found_by_its_exact_text(db, users):
    """A row written since the last run is found, as the older application would find it."""
    wrote(db, "ada@example.com", "Bob@example.com")
    assert users.find_by_email("ada@example.com").user_id == user_id(1)
    assert users.find_by_email("bob@example.com") is None


def test_a_row_not_adopted_yet_never_covers_an_account(db, users):
    """Where an account has the identity, a row that was not adopted is not found by it."""
    wrote(db, "Ada@example.com")
    adopt(db)
    db.query(ADD, (user_id(9), "ada@example.com", None))
    assert users.find_by_email("ada@example.com").user_id == user_id(1)


def test_a_row_not_adopted_yet_can_be_changed(db, users):
    """An account row is made on the way, for those who get one."""
    wrote(db, "ada@example.com", "Ada@example.com")
    users.disable(user_id(1), now=5)
    assert users.find(user_id(1)).disabled_at == 5
    with pytest.raises(UserNotFoundError):
        users.disable(user_id(2), now=5)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada@example.com", "ADA@Example.com"),
        ("Ada@Example.com", "Ada@Example.com"),
    ],
)
def test_the_address_of_a_row_is_taken(db, users, stored, typed):
    """Who registers the address of a row that was not adopted, exactly or in lower case, is refused."""
    # ID-1
    wrote(db, stored)
    address = parse_email(typed)
    new = NewUser(address.stored, address.canonical, "a hash", "Eve", "E", typed=address.typed)
    with pytest.raises(EmailTakenError):
        users.add(new)
    assert identities(db) == {}


def test_a_changed_address_is_followed(db):
    """Where an older application changed an address, the account gets the new identity."""
    wrote(db, "ada@example.com", "eve@example.com")
    adopt(db)
    db.query("UPDATE users SET email = 'Countess@Example.com' WHERE user_id = %s", (user_id(1),))
    assert adopt(db) == Adoption(0, ())
    assert identities(db) == {"countess@example.com": 1, "eve@example.com": 2}


def test_a_changed_address_that_is_taken_is_named(db):
    """An account whose new address is another user's keeps the former one, and is named."""
    # ID-1
    wrote(db, "ada@example.com", "eve@example.com")
    adopt(db)
    db.query("UPDATE users SET email = 'Eve@Example.com' WHERE user_id = %s", (user_id(1),))
    (sentence,) = map(str, adopt(db).left)
    assert sentence.startswith(f"user {user_id(1)}: its new address is another user's")
    assert identities(db) == {"ada@example.com": 1, "eve@example.com": 2}


def test_a_table_that_ignores_case_lets_nobody_in(tmp_path):
    """Where an older table compares addresses loosely, the exact text is still asked for (ID-1)."""
    # ID-1
    with opened("sqlite", None, tmp_path) as db:
        db.query(
            "CREATE TABLE users (user_id TEXT PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE NOT NULL, "
            "password_hash TEXT, first_name TEXT, last_name TEXT, created_at TIMESTAMP)"
        )
        migrate(db)
        unguard(db)
        wrote(db, "ADA@example.com")
        assert SqlUsers(db).find_by_email("ada@example.com") is None


LOOSE = """
    CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT, password_hash TEXT, first_name TEXT,
                        last_name TEXT, created_at TIMESTAMP)
"""
UNTYPED = "CREATE TABLE users (user_id UNIQUE, email, password_hash, first_name, last_name, created_at)"


@pytest.mark.parametrize("kind", DATABASES)
def test_a_row_without_an_address_is_named(kind, request, tmp_path):
    """NULL is no identity: the row is left, by its id and with what helps; the others are adopted."""
    with opened(kind, request, tmp_path) as db:
        db.query(LOOSE)
        wrote(db, "ada@example.com", None, "eve@example.com")
        migrate(db)
        adoption = adopt(db)
        (sentence,) = map(str, adoption.left)
        assert adoption.adopted == 2
        assert sentence.startswith(f"user {user_id(2)}: its email is NULL; ")
        assert SqlUsers(db).find(user_id(2)).email == ""


@pytest.mark.parametrize("given", [42, "42", b"\x01" * 16, "x" * 32, 4.5], ids=repr)
def test_an_id_that_is_no_uuid_is_named(tmp_path, given):
    """Whatever SQLite let into the column: the row is left and named, the others are adopted."""
    with opened("memory", None, tmp_path) as db:
        db.query(UNTYPED)
        wrote(db, "ada@example.com")
        db.query(ADD, (given, "eve@example.com", None))
        migrate(db)
        adoption = adopt(db)
        shown = given.hex() if isinstance(given, bytes) else given
        assert adoption.adopted == 1
        assert str(adoption.left[0]).startswith(f"user {shown}: its user_id is no UUID; give the row a UUID")
        assert SqlUsers(db).find_by_email("eve@example.com") is None
