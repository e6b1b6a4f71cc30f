"""The auth app over a users table that an older application made."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from jwt_auth_asgi.app.auth_app import create_app
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.users_table import UnfitTableError
from jwt_auth_core.settings import Settings
from tests.auth_app.suite.client import ADA, LOGIN, Client
from tests.auth_app.world import KEY
from tests.cheap import cheap_passwords

DOCUMENTED = """user_id UUID PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
    first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP"""


@pytest.fixture
def over(tmp_path):
    """Return what makes an `Auth` over a file with a users table of these columns."""
    made: list[Auth] = []

    def make(columns: str) -> Auth:
        path = tmp_path / "old.sqlite3"
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"CREATE TABLE users ({columns})")
        settings = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{path}"})
        made.append(Auth.from_settings(settings, passwords=cheap_passwords()))
        return made[-1]

    yield make
    for auth in made:
        auth.close()


def test_a_registration_that_the_table_refuses_is_told_to_the_operator(over, caplog):
    """The client reads 503 and nothing of the table; the log names the column and what helps."""
    app = create_app(over(f"{DOCUMENTED}, tenant INTEGER NOT NULL"))
    answer = Client(app).post("/register", json=ADA)
    assert (answer.status_code, answer.json()["code"]) == (503, "unfit_table")
    assert "tenant" not in answer.json()["detail"]
    assert 'the column "tenant" is NOT NULL without a default' in caplog.text


def test_what_another_application_writes_is_nobody_elses(over, tmp_path):
    """A row that is written beside the running app is taken, whatever letters a registration has."""
    # ID-1
    app = create_app(over(DOCUMENTED))
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as other, other:
        row = ("00000000-0000-0000-0000-000000000001", ADA["email"].upper(), "h", "A", "B")
        other.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, NULL)", row)
    answer = Client(app).post("/register", json=ADA)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert Client(app).post("/login", json=LOGIN).status_code == 401


async def test_start_up_refuses_a_table_that_cannot_be_used(over):
    """What changed since it was made is found by the check at start-up, with the statement that helps."""
    auth = over(DOCUMENTED)
    auth.database.query("ALTER TABLE users RENAME COLUMN first_name TO given_name")

    with pytest.raises(UnfitTableError, match="ALTER TABLE users RENAME COLUMN given_name TO first_name"):
        async with ServiceSource(auth).running():
            pass
