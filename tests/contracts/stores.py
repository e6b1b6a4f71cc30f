"""Which session stores there are to test, and how each is brought up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.contracts.rigs import MemoryRig, RedisRig, Rig, SqlRig, WiresRig


@contextmanager
def rigged(name: str, request: pytest.FixtureRequest, directory: Path) -> Iterator[Rig]:
    """Yield the rig of a store by its name."""
    if name == "memory":
        yield MemoryRig()
    elif name == "sqlite":
        yield from _on_database(SqliteDatabase(directory / "sessions.sqlite3"))
    elif name == "postgres":
        with request.getfixturevalue("recycled").lent() as url:
            yield from _on_database(PostgresDatabase(url))
    else:
        yield from _on_redis(name, request)


def _on_database(database: Database) -> Iterator[Rig]:
    try:
        migrate(database)
        yield SqlRig(database)
    finally:
        database.close()


def _on_redis(name: str, request: pytest.FixtureRequest) -> Iterator[Rig]:
    if name in {"valkey", "wires"}:
        url = request.getfixturevalue("redis_server")
    else:
        url = request.getfixturevalue(f"{name}_server").url
    rig = WiresRig(url) if name == "wires" else RedisRig(url)
    try:
        yield rig
    finally:
        rig.client.close()
