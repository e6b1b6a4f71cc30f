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
from jwt_auth_core.users import adoption
from jwt_auth_core.users.adoption import Adoption, adopt
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from jwt_auth_core.vocabulary import UserId
from tests.databases import DATABASES, opened

ADD = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name, created_at)
    VALUES (%s, %s, 'a hash', 'A', 'B', %s)
"""


def user_id(number: int) -> UserId:
    """Return the id of the row with this number."""
    return UserId(str(uuid.UUID(int=number)))


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database with our tables."""
    with opened(request.param, request, tmp_path) as database:
        migrate(database)
        yield database


@pytest.fixture
def users(db) -> SqlUsers:
    """Return the users of that database."""
    return SqlUsers(db)


def wrote(db, *emails: str, since: str | None = "2020-01-01 00:00:00") -> None:
    """Store rows as an older application did, one after another."""
    for number, email in enumerate(emails, 1):
        db.query(ADD, (user_id(number), email, since and since.replace("01-01", f"01-{number:02}")))


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


def test_of_two_rows_with_one_identity_the_earlier_gets_it(db, users, caplog):
    """The later row is left and reported by its id alone; nobody logs in as another (CVE-2019-19844)."""
    # ID-1
    wrote(db, "Ada@example.com", "eve@example.com", "ada@example.com")
    assert adopt(db) == Adoption(2, (user_id(3),))
    assert users.find_by_email("ada@example.com").user_id == user_id(1)
    assert user_id(3) in caplog.text
    assert "ada" not in caplog.text.lower()


def test_earlier_is_by_time_not_by_id(db):
    """When the row was created decides; a row without a time counts as the oldest."""
    db.query(ADD, (user_id(1), "ada@example.com", "2021-01-01"))
    db.query(ADD, (user_id(2), "Ada@example.com", "2020-01-01"))
    db.query(ADD, (user_id(3), "eve@example.com", "2020-01-01"))
    db.query(ADD, (user_id(4), "Eve@example.com", None))
    assert adopt(db).left == (user_id(3), user_id(1))
    assert identities(db) == {"ada@example.com": 2, "eve@example.com": 4}


def test_a_left_row_is_reported_every_time(db):
    """Until somebody decides, each run says who is left."""
    wrote(db, "Ada@example.com", "ada@example.com")
    assert [adopt(db).left, adopt(db).left] == [(user_id(2),)] * 2


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
        assert adopt(db) == Adoption(1, (user_id(1),))
    assert adopt(db) == Adoption(1, ())


def test_batches_are_small(db, monkeypatch):
    """However many rows there are, and however many must be left, each batch moves on."""
    monkeypatch.setattr(adoption, "BATCH", 2)
    wrote(db, "a@x.com", "A@x.com", "A@X.com", "b@x.com", "B@x.com", "c@x.com", "a@X.com")
    assert adopt(db) == Adoption(3, (user_id(2), user_id(3), user_id(5), user_id(7)))
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
    assert {one.left for one in found} == {tuple(user_id(n) for n in range(2, 21, 2))}


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


def test_the_address_of_a_row_is_taken(db, users):
    """Who registers the exact address of a row that was not adopted is told that it is taken."""
    wrote(db, "ada@example.com")
    address = parse_email("ada@example.com")
    with pytest.raises(EmailTakenError):
        users.add(NewUser(address.stored, address.canonical, "a hash", "Eve", "E"))
    assert identities(db) == {}


def test_a_table_that_ignores_case_lets_nobody_in(tmp_path):
    """Where an older table compares addresses loosely, the exact text is still asked for (ID-1)."""
    # ID-1
    with opened("sqlite", None, tmp_path) as db:
        db.query(
            "CREATE TABLE users (user_id TEXT PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE NOT NULL, "
            "password_hash TEXT, first_name TEXT, last_name TEXT, created_at TIMESTAMP)"
        )
        migrate(db)
        wrote(db, "ADA@example.com")
        assert SqlUsers(db).find_by_email("ada@example.com") is None
