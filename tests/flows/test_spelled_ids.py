"""Users of a SQLite file whose UUIDs another library spelled: every use case takes the id as it stands."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client, Secret
from tests.cheap import cheap_hasher, cheap_passwords
from tests.flows.conftest import KEY, PASSWORD

TABLE = """
    CREATE TABLE users (user_id {type} PRIMARY KEY, email VARCHAR NOT NULL, password_hash VARCHAR NOT NULL,
                        first_name VARCHAR NOT NULL, last_name VARCHAR NOT NULL, created_at DATETIME)
"""
SPELLINGS = {
    "SQLAlchemy": ("CHAR(32)", "6f9619ff8b86d011b42d00c04fc964ff"),
    "Swift": ("TEXT", "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
    "ours": ("UUID", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
}


@pytest.fixture(params=SPELLINGS)
def there(request, tmp_path):
    """Return an `Auth` over the file of another application, and the id of its user."""
    kind, user_id = SPELLINGS[request.param]
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as other, other:
        other.execute(TABLE.format(type=kind))
        stored = cheap_hasher().hash(Secret(PASSWORD))
        row = (user_id, "Ada@Example.com", stored, "Ada", "L")
        other.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, NULL)", row)
    settings = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/old.sqlite3"})
    auth = Auth.from_settings(settings, passwords=cheap_passwords())
    auth.check()
    yield auth, user_id
    auth.close()


def login(auth, address="ada@example.com", password=PASSWORD):
    """Log in."""
    return auth.login(LoginAttempt.parse({"email": address, "password": password}), Client())


def test_such_a_user_logs_in_with_the_id_of_the_row(there):
    """The subject of the token finds the rows of the application's own tables."""
    auth, user_id = there
    subject = auth.tokens.verify(login(auth).access_token).subject
    assert subject == user_id
    assert auth.database.query("SELECT 1 FROM users WHERE user_id = %s", (subject,)) == 1
    assert auth.current_user(subject).first_name == "Ada"


def test_such_a_user_keeps_and_ends_sessions(there):
    """Refresh, the list of sessions and the end of all work as for any other id."""
    auth, user_id = there
    grant = login(auth)
    (refreshed,) = auth.refresh([grant.refresh_token.reveal()])
    assert auth.tokens.verify(refreshed.access_token).subject == user_id
    assert len(auth.list_sessions(user_id)) == 1
    auth.end_user.logout_all(user_id)
    assert auth.list_sessions(user_id) == []
    assert login(auth)


def test_such_a_user_changes_the_password(there):
    """The hash of the very row is replaced."""
    auth, user_id = there
    change = PasswordChange(Secret(PASSWORD), Secret("another long pass phrase"))
    auth.change_password(user_id, change, Client())
    assert login(auth, password="another long pass phrase").user.user_id == user_id


def test_a_new_user_is_spelled_as_the_column_is(there):
    """Whoever registers gets an id that the other application can look up."""
    auth, user_id = there
    values = {"email": "eve@example.com", "password": PASSWORD, "first_name": "Eve", "last_name": "E"}
    new = auth.register(auth.register.parse(values), Client())
    assert ("-" in new.user_id) == ("-" in user_id)
    assert login(auth, "eve@example.com").user == new
