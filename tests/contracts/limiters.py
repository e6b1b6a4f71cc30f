"""Which stores of limits there are to test: each twice on one ground, as two processes have it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.rate_limits import MemoryLimits, RateLimitStore
from jwt_auth_core.rate_limits.redis import RedisLimits
from jwt_auth_core.rate_limits.sql import SqlLimits


@dataclass
class Ground:
    """Two stores on one ground; ``anew`` makes a third, in a child that has none of the connections here."""

    store: RateLimitStore
    other: RateLimitStore
    anew: Callable[[], RateLimitStore] | None


@contextmanager
def ground(name: str, request: pytest.FixtureRequest, directory: Path) -> Generator[Ground]:
    """Yield the ground of a kind of store."""
    if name == "memory":
        store = MemoryLimits()
        yield Ground(store, store, None)
    elif name == "postgres":
        with request.getfixturevalue("recycled").lent() as url:
            yield from _in(lambda: PostgresDatabase(url))
    elif name == "sqlite":
        yield from _in(lambda: SqliteDatabase(directory / "limits.sqlite3"))
    else:
        url = request.getfixturevalue("redis_server" if name == "valkey" else f"{name}_server")
        yield from _through(getattr(url, "url", url))


def _in(opened: Callable[[], Database]) -> Generator[Ground]:
    one, other = opened(), opened()
    migrate(one)
    stores = [SqlLimits(database) for database in (one, other)]
    try:
        yield Ground(*stores, lambda: SqlLimits(opened()))
    finally:
        for store, database in zip(stores, (one, other), strict=True):
            store.close()
            database.close()


def _through(url: str) -> Generator[Ground]:
    clients: list[Any] = [connect(url), connect(url)]
    try:
        yield Ground(*map(RedisLimits, clients), lambda: RedisLimits(connect(url)))
    finally:
        for client in clients:
            client.close()
