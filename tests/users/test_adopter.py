"""The adopter: adopts at start-up, then before whoever comes, and says once what an operator must know."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import EmailTakenError
from jwt_auth_core.users.adoption import adopter as adopters
from jwt_auth_core.users.adoption.adopter import PAUSE_SECONDS, UNGUARDED, Adopter
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests.databases import DATABASES, opened, with_parameter
from tests.servers.postgres import execute
from tests.unguarded import unguard

ADD = (
    "INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (%s, %s, 'h', 'A', 'B')"
)


def wrote(db: Database, number: int, address: str) -> str:
    """Store a row as another application does; return its id."""
    user_id = str(uuid.UUID(int=number))
    db.query(ADD, (user_id, address))
    return user_id


def new(address: str) -> NewUser:
    """Return whom a registration adds."""
    email = parse_email(address)
    return NewUser(email.stored, email.canonical, "a hash", "Eve", "E", typed=email.typed)


class Rig:
    """Users of a database without the guard, and the clock of their adopter."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = 0.0
        self.adopter = Adopter(db, monotonic=lambda: self.now)
        self.users = SqlUsers(db, catch_up=self.adopter.catch_up)


@pytest.fixture(params=DATABASES)
def rig(request: pytest.FixtureRequest, tmp_path) -> Iterator[Rig]:
    """Return users without the guard."""
    with opened(request.param, request, tmp_path) as db:
        migrate(db)
        unguard(db)
        yield Rig(db)


def test_without_the_guard_start_up_adopts_and_names_the_window(rig, caplog):
    """Whoever is there gets an account; what is left open is a warning with what closes it."""
    user_id = wrote(rig.db, 1, "Mixed@Example.com")
    rig.adopter.start()
    assert rig.users.find_by_email("mixed@example.com").user_id == user_id
    assert caplog.messages == [UNGUARDED]
    assert "jwt-auth migrate" in UNGUARDED


def test_without_the_guard_nobody_takes_a_row_that_is_a_minute_old(rig):
    """The registration that comes then adopts first."""
    # ID-1
    rig.adopter.start()
    wrote(rig.db, 1, "Mixed@Example.com")
    rig.now = PAUSE_SECONDS
    with pytest.raises(EmailTakenError):
        rig.users.add(new("mixed@example.com"))


def test_within_the_minute_the_very_address_is_taken_all_the_same(rig):
    """Exactly as it was typed and in lower case a registration looks in the table itself."""
    # ID-1
    rig.adopter.start()
    wrote(rig.db, 1, "Mixed@Example.com")
    wrote(rig.db, 2, "plain@example.com")
    for address in ("Mixed@Example.com", "PLAIN@Example.com"):
        with pytest.raises(EmailTakenError):
            rig.users.add(new(address))


def test_the_table_is_looked_through_once_a_minute(rig, monkeypatch):
    """However many come: the first of a minute looks, the others go on."""
    looks: list[Database] = []
    monkeypatch.setattr(adopters, "adopt", lambda db: looks.append(db) or adopters.Adoption(0, ()))
    for now in (0.0, 1.0, PAUSE_SECONDS - 1, PAUSE_SECONDS, PAUSE_SECONDS + 1):
        rig.now = now
        rig.users.find_by_email("ada@example.com")
    assert len(looks) == 2


def test_who_is_left_is_named_once(rig, caplog):
    """Each run finds the same rows; the log has each once, by its id."""
    wrote(rig.db, 1, "Ada@example.com")
    left = wrote(rig.db, 2, "ADA@example.com")
    rig.adopter.start()
    rig.adopter.start()
    assert [left in message for message in caplog.messages] == [True, False]


def test_a_herd_of_rows_does_not_drown_the_log(rig, caplog, monkeypatch):
    """Beyond a bound their number is told, and where all are named."""
    monkeypatch.setattr(adopters, "MOST_NAMED", 2)
    for number in range(1, 7):
        wrote(
            rig.db,
            number,
            "".join(c.upper() if number & 1 << i else c for i, c in enumerate("ada")) + "@b.co",
        )
    rig.adopter.start()
    assert caplog.messages[2] == "and 3 more users; `jwt-auth migrate` names all"


def test_a_database_that_takes_no_writes_stops_nobody(rig, caplog):
    """A login needs no write: the failure is a warning, and the user is found by the text of the row."""
    # F-16
    user_id = wrote(rig.db, 1, "ada@example.com")
    rig.db.query("ALTER TABLE auth_unadopted RENAME TO elsewhere")
    rig.adopter.start()
    assert rig.users.find_by_email("ada@example.com").user_id == user_id
    assert caplog.messages[0].startswith("rows that others wrote to users were not adopted: ")


def test_a_table_that_takes_no_new_users_is_named_at_start_up(request, tmp_path, caplog):
    """Logins go on; the log says with which statement registrations will, too."""
    with opened("memory", request, tmp_path) as db:
        db.query(
            "CREATE TABLE users (user_id TEXT PRIMARY KEY, email TEXT, password_hash TEXT, first_name TEXT, "
            "last_name TEXT, created_at TIMESTAMP, tenant INTEGER NOT NULL)"
        )
        migrate(db)
        Adopter(db).start()
    assert caplog.messages[0].startswith('the users table: the column "tenant" is NOT NULL without a default')


@pytest.fixture
def role(postgres_url) -> Iterator[str]:
    """Return the URL of a role that makes tables but may put no trigger on the users of another."""
    execute(
        postgres_url,
        "CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT NOT NULL, password_hash TEXT NOT NULL, "
        "first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
    )
    name = "app_" + psycopg2.extensions.parse_dsn(postgres_url)["dbname"]
    execute(postgres_url, f"CREATE ROLE {name} LOGIN PASSWORD 'app'")
    execute(postgres_url, f"GRANT CREATE ON SCHEMA public TO {name}")
    execute(postgres_url, f"GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES ON users TO {name}")
    yield with_parameter(with_parameter(postgres_url, "user", name), "password", "app")
    execute(postgres_url, f"DROP OWNED BY {name} CASCADE")
    execute(postgres_url, f"DROP ROLE {name}")


@pytest.mark.servers
def test_a_role_without_the_trigger_right_migrates_all_the_same(role, postgres_url, caplog):
    """It gets the tables and the adoption; the window is named until the right is granted."""
    with closing(PostgresDatabase(role)) as db, closing(PostgresDatabase(postgres_url)) as owner:
        wrote(owner, 1, "Mixed@Example.com")
        assert "0007_adoption" in migrate(db)
        Adopter(db).start()
        assert caplog.messages == [UNGUARDED]
        with pytest.raises(EmailTakenError):
            SqlUsers(db).add(new("mixed@example.com"))
        execute(postgres_url, f"GRANT TRIGGER ON users TO {psycopg2.extensions.parse_dsn(role)['user']}")
        migrate(db)
        wrote(owner, 2, "Other@Example.com")
        with pytest.raises(EmailTakenError):
            SqlUsers(db).add(new("other@example.com"))


def test_the_names_are_warnings(rig, caplog):
    """What an operator must decide is above the noise."""
    rig.adopter.start()
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
