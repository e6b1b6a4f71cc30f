"""Which stores of one-time codes there are to test: each twice on one ground, as two processes have it."""

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
from jwt_auth_core.one_time import CodeStore
from jwt_auth_core.one_time.memory import MemoryCodes
from jwt_auth_core.one_time.redis import RedisCodes
from jwt_auth_core.one_time.sql import SqlCodes


@dataclass
class Ground:
    """Two stores on one ground; ``wait`` lets seconds pass; ``dump`` returns all that is kept."""

    store: CodeStore
    other: CodeStore
    wait: Callable[[int], None]
    dump: Callable[[], str]


class _Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000

    def __call__(self) -> int:
        return self.now

    def wait(self, seconds: int) -> None:
        self.now += seconds


@contextmanager
def ground(name: str, request: pytest.FixtureRequest, directory: Path) -> Generator[Ground]:
    """Yield the ground of a kind of store."""
    if name == "memory":
        clock = _Clock()
        store = MemoryCodes(clock=clock)
        yield Ground(store, store, clock.wait, lambda: repr(store._kept))
    elif name == "postgres":
        with request.getfixturevalue("recycled").lent() as url:
            yield from _in(PostgresDatabase(url), PostgresDatabase(url))
    elif name == "sqlite":
        path = directory / "tickets.sqlite3"
        yield from _in(SqliteDatabase(path), SqliteDatabase(path))
    else:
        url = request.getfixturevalue("redis_server" if name == "valkey" else f"{name}_server")
        yield from _through(getattr(url, "url", url))


def _in(one: Database, other: Database) -> Generator[Ground]:
    migrate(one)
    clock = _Clock()
    stores = [SqlCodes(database, clock=clock) for database in (one, other)]
    try:
        yield Ground(*stores, clock.wait, lambda: repr(one.query("SELECT * FROM auth_tickets", fetch="all")))
    finally:
        one.close()
        other.close()


def _through(url: str) -> Generator[Ground]:
    clients: list[Any] = [connect(url), connect(url)]

    waited = [0]

    def wait(seconds: int) -> None:
        # The server's time is its own: what would be over by then goes now.
        waited[0] += seconds
        for key in _keys():
            left = clients[0].ttl(key)
            assert 0 < left <= 30
            if left <= waited[0]:
                clients[0].delete(key)

    def _keys() -> list[bytes]:
        return list(clients[0].scan_iter("ticket:*"))

    for key in _keys():
        clients[0].delete(key)
    try:
        dump = lambda: repr([(key, clients[0].get(key)) for key in _keys()])  # noqa: E731 - a pair of words
        yield Ground(RedisCodes(clients[0]), RedisCodes(clients[1]), wait, dump)
    finally:
        for client in clients:
            client.close()
