"""Each database, with the tables of these tests in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.database.query import Database
from tests.databases import DATABASES, opened


@pytest.fixture(scope="module", params=DATABASES)
def _database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with opened(request.param, request, tmp_path_factory.mktemp("database")) as database:
        database.query("CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT UNIQUE NOT NULL)")
        database.query(
            "CREATE TABLE replies (note BIGINT REFERENCES notes (id), size BIGINT CHECK (size > 0))"
        )
        yield database


@pytest.fixture
def db(_database: Database) -> Database:
    """Return a database with ``notes (id, body)`` and ``replies (note, size)``, both empty."""
    _database.query("DELETE FROM replies")
    _database.query("DELETE FROM notes")
    return _database


@pytest.fixture
def path(tmp_path):
    """Return where a database file will be, in a directory that is not there yet."""
    return tmp_path / "var" / "auth.sqlite3"
