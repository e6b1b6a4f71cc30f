"""Databases as `migrate` leaves them, made once a process: to migrate takes many times as long as to copy.

The tests of migrations, and of what starts without tables, make theirs as users do.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest

from jwt_auth_core.database import sqlite
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate

_JOURNAL = slice(18, 20)  # how it is written: 2, with a log ahead, which is none in memory
_IN_MEMORY = b"\1\1"


@cache
def _image() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "migrated.sqlite3")
        with closing(sqlite.SqliteDatabase(path)) as database:
            migrate(database)
        return path.read_bytes()


def write(path: Path) -> Path:
    """Write such a database to a file, and return its path."""
    path.touch(mode=0o600)
    path.write_bytes(_image())
    return path


@contextmanager
def in_memory() -> Iterator[None]:
    """Let databases in memory begin like that."""
    image, connected = bytearray(_image()), sqlite.connected
    image[_JOURNAL] = _IN_MEMORY

    def filled(address: str, wait_seconds: float) -> sqlite3.Connection:
        raw = connected(address, wait_seconds)
        if address == sqlite.MEMORY:
            raw.deserialize(image)
        return raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "connected", filled)
        yield


@contextmanager
def opened(kind: str, request: pytest.FixtureRequest, directory: Path) -> Generator[Database]:
    """Yield one of `tests.databases.DATABASES`, with its tables; close it afterwards."""
    if kind == "postgres":
        with (
            request.getfixturevalue("recycled").lent() as url,
            closing(PostgresDatabase(url)) as database,
        ):
            yield database
        return
    place = ":memory:" if kind == "memory" else write(directory / "test.sqlite3")
    with closing(sqlite.SqliteDatabase(place)) as database:
        with in_memory():
            database.query("SELECT 1")  # connects
        yield database
