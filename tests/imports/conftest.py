"""What tests of imports share: files of other systems with one password, and an `Auth` on each database."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from jwt_auth_core import Auth, Client
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.imports.prepared import ImportPlan
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.imports import ImportedUser
from jwt_auth_core.imports.sources import ReadOptions, reader_of
from tests.databases import SHARED

FILES = Path(__file__).parent / "files"
PASSWORD = "correct horse bättery"
TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HASH = "pbkdf2_sha256$1000$seasaltseasalt12$vTp/+LeQNC1sZOtBKW30EA3S9rRtiqIA9p459W1JXhA="
SETTINGS = {
    "JWT_KEY": "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj",
    "ENCRYPTION_KEYS": "Kq8wZ2-tY7_mR4vB9xNc6Lf3Hd1PsGjTe5Ua",
}


def of(number, **facts):
    """Return a record on a line of its own."""
    facts = {"email": f"user{number}@example.com", "old_id": str(number), **facts}
    return ImportedUser(line=number, **facts)


def entries(source, name, **options):
    """Return what is read of a file."""
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return list(reader_of(source, ReadOptions(**options))(file))


def read(source, text, **options):
    """Return what is read of a text."""
    return list(reader_of(source, ReadOptions(**options))(io.StringIO(text, newline="")))


class World(SimpleNamespace):
    """An `Auth` that has its tables, and what is asked of it."""

    def bring(self, found, *, rehearsed=False, **plan):
        """Import records; return the batches."""
        run = self.auth.imports.users.rehearse if rehearsed else self.auth.imports.users
        return list(run(found, ImportPlan(**{"source": "csv", "issuer": "old", **plan})))

    def row(self, email, column):
        """Return a column of a user's row."""
        sql = "SELECT * FROM users WHERE email = %s"
        return self.auth.database.query(sql, (email,), fetch="one")[column]

    def opens(self, email):
        """Tell how the old password is answered."""
        try:
            self.auth.login(LoginAttempt.parse({"email": email, "password": PASSWORD}), Client())
        except AuthError as error:
            return error.code
        return "opened"

    def count(self):
        """Return how many users there are."""
        return self.auth.database.query("SELECT COUNT(*) AS n FROM users", fetch="one")["n"]


@pytest.fixture(params=SHARED)
def world(request, tmp_path):
    """Return a `World` on each database."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'app.sqlite3'}"
    auth = Auth.from_env({**SETTINGS, "DATABASE_URL": url})
    auth.migrate()
    yield World(auth=auth, url=url)
    auth.close()
