"""`jwt-auth migrate` on a database that an older application filled."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest

from jwt_auth_asgi import cli
from jwt_auth_core import Auth, Settings
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.users.adoption.adopter import UNGUARDED
from tests.servers.postgres import execute

DOCUMENTED = """
    CREATE TABLE users (
        user_id UUID PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
        first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
    )
"""
ADD = "INSERT INTO users VALUES (%s, %s, 'a hash', 'A', 'B', %s)"
ADDRESSES = ["Ada@Example.com", "bob@example.com", "ada@example.com"]


@pytest.fixture
def auth(postgres_url, monkeypatch):
    """Return the `Auth` of a database with the documented table and three rows."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("JWT_KEY", "the command line has a key of its own")
    with closing(PostgresDatabase(postgres_url)) as db:
        db.query(DOCUMENTED)
        for number, address in enumerate(ADDRESSES, 1):
            db.query(ADD, (uuid.UUID(int=number), address, f"2020-01-0{number}"))
    made = Auth.from_settings(Settings.from_env())
    yield made
    made.close()


@pytest.mark.servers
def test_the_users_that_were_there_are_adopted(auth, capsys):
    """It says how many got an account, and by their ids who must be decided by hand (ID-1)."""
    # ID-1
    assert cli.main(["migrate"]) == 0
    _, adopted, left = capsys.readouterr().out.splitlines()
    assert adopted == "adopted: 2 users of the table that was there"
    assert left.startswith(f"left without an account of their own: user {uuid.UUID(int=3)}: its e-mail ident")
    assert auth.database.query("SELECT email FROM users WHERE email = 'Ada@Example.com'") == 1


UNFIT = {
    "id": "id UUID PRIMARY KEY",
    "serial": "id SERIAL PRIMARY KEY",
    "varchar": "user_id VARCHAR(36) PRIMARY KEY",
    "integer": "user_id INTEGER PRIMARY KEY",
}


@pytest.mark.servers
@pytest.mark.parametrize("name", UNFIT)
@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_table_that_cannot_be_used_is_one_sentence(name, command, postgres_url, monkeypatch, capsys):
    """The command and the start-up say with which ALTER TABLE it can; neither sends to migrate."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("JWT_KEY", "the command line has a key of its own")
    execute(postgres_url, DOCUMENTED.replace("user_id UUID PRIMARY KEY", UNFIT[name]))
    assert cli.main([command]) == 1
    _, err = capsys.readouterr()
    assert err.startswith("jwt-auth: the users table cannot be used as it is: ")
    assert "ALTER TABLE users" in err
    assert (err.count("\n"), "SQLSTATE" in err, "jwt-auth migrate" in err) == (1, False, False)


@pytest.mark.servers
def test_what_else_an_operator_must_know_is_said(postgres_url, monkeypatch, capsys):
    """A hash column that is too narrow, and a table that no trigger of ours stands on."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("JWT_KEY", "the command line has a key of its own")
    execute(postgres_url, DOCUMENTED.replace("password_hash TEXT", "password_hash VARCHAR(60)"))
    assert cli.main(["migrate"]) == 0
    execute(postgres_url, "ALTER TABLE users DISABLE TRIGGER auth_keep_account")
    assert cli.main(["migrate"]) == 0
    out = capsys.readouterr().out
    assert "ALTER TABLE users ALTER COLUMN password_hash TYPE TEXT" in out
    assert out.count(UNGUARDED) == 1
