"""The databases that a test may run on, each new and empty."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.servers import postgres

SHARED = ["sqlite", pytest.param("postgres", marks=pytest.mark.servers)]
DATABASES = ["memory", *SHARED]


def with_parameter(url: str, name: str, value: str) -> str:
    """Return a PostgreSQL URL with one more parameter of libpq; the last one wins."""
    return f"{url}{'&' if '?' in url else '?'}{name}={quote(value)}"


@contextmanager
def opened(kind: str, request: pytest.FixtureRequest, directory: Path) -> Generator[Database]:
    """Yield one of `DATABASES`, without tables; close it afterwards."""
    if kind == "postgres":
        with (
            postgres.database(request.getfixturevalue("postgres_server")) as url,
            closing(PostgresDatabase(url)) as database,
        ):
            yield database
        return
    with closing(SqliteDatabase(":memory:" if kind == "memory" else directory / "test.sqlite3")) as database:
        yield database
