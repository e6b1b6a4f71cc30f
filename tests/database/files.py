"""An embedded file as the tests of SQLite have it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from jwt_auth_core.database.sqlite import SqliteDatabase


@contextmanager
def notes_file(path: Path) -> Generator[SqliteDatabase]:
    """Yield a database file with one table, which waits for a lock only as long as it must."""
    database = SqliteDatabase(path, wait_seconds=0.05)
    database.query("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")
    yield database
    database.close()
