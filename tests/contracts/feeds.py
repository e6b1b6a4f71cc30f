"""Which feeds there are to test: each twice on the same ground, as two processes have it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
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
from jwt_auth_core.revocations.feed import Feed, Ledger
from jwt_auth_core.revocations.memory import MemoryFeed
from jwt_auth_core.revocations.redis import STREAM, RedisFeed
from jwt_auth_core.revocations.sql import SqlFeed, SqlLedger
from tests import migrated
from tests.contracts.kinds import KINDS

KEEP = 1020
LOSSY = KINDS[1:]
"""Those that outlive a process, and so can lose what a process has seen."""


@dataclass
class Ground:
    """Two feeds on one ground, their ledger, the database under it (if any), and the Redis (if any)."""

    name: str
    feed: Feed
    other: Feed
    ledger: Ledger
    database: Database | None = None
    client: Any = None

    def lose(self) -> None:
        """Lose all that the feed holds, as FLUSHALL or the restoring of an old database does."""
        if self.client is not None:
            self.client.delete(STREAM)
        else:
            assert self.database is not None
            self.database.query("DELETE FROM auth_revocations")


@contextmanager
def ground(name: str, request: pytest.FixtureRequest, directory: Path) -> Generator[Ground]:
    """Yield the ground of a kind of feed."""
    if name == "memory":
        feed = MemoryFeed(keep_seconds=KEEP)
        yield Ground(name, feed, feed, feed)
    elif name == "postgres":
        with request.getfixturevalue("recycled").lent() as url:
            yield from _in(name, PostgresDatabase(url), PostgresDatabase(url))
    elif name == "sqlite":
        path = directory / "feed.sqlite3"
        yield from _in(name, SqliteDatabase(path), SqliteDatabase(path))
    else:
        url = request.getfixturevalue("redis_server" if name == "valkey" else f"{name}_server")
        with migrated.opened("sqlite", request, directory) as database:
            yield from _through(name, getattr(url, "url", url), database)


def _in(name: str, one: Database, other: Database) -> Iterator[Ground]:
    migrate(one)
    feeds = [SqlFeed(database, keep_seconds=KEEP, poll_seconds=0.02) for database in (one, other)]
    try:
        yield Ground(name, feeds[0], feeds[1], SqlLedger(other, keep_seconds=KEEP), one)
    finally:
        one.close()
        other.close()


def _through(name: str, url: str, database: Database) -> Iterator[Ground]:
    ledger = SqlLedger(database, keep_seconds=KEEP)
    clients = [connect(url) for _ in range(4)]
    clients[0].delete(STREAM)
    pairs = [clients[:2], clients[2:]]
    feeds = [RedisFeed(a, waiting=b, ledger=ledger, keep_seconds=KEEP) for a, b in pairs]
    try:
        yield Ground(name, feeds[0], feeds[1], ledger, database, clients[0])
    finally:
        for client in clients:
            client.close()
