"""Rotations a second and bytes a session, for each store: ``python -m benchmarks.sessions``.

Each round presents the newest child of 64 sessions in one batch, so every rotation promotes.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measuring import show
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.redis import connect
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.sessions.redis import RedisSessions
from jwt_auth_core.sessions.session import NewSession, SessionStore, Verdict, new_session_id
from jwt_auth_core.sessions.sql import SqlSessions
from jwt_auth_core.sessions.token import Presented, RefreshTokens
from jwt_auth_core.vocabulary import Client, UserId
from tests.servers.cluster import Cluster
from tests.servers.postgres import server
from tests.servers.valkey import Valkey

BATCH = 64
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
LIFETIMES = {"idle_seconds": 1_209_600, "max_age_seconds": 7_776_000}
TOKENS = RefreshTokens([secrets.token_bytes(32)])
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
USER = UserId("0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f")
Size = Callable[[Presented], str]


def opened(store: SessionStore) -> Presented:
    session_id = new_session_id()
    first = TOKENS.first(session_id)
    store.open(NewSession(session_id, USER, first.digest, Client("203.0.113.9", BROWSER)))
    return TOKENS.parse(first.text.reveal())


def child(of: Presented) -> Presented:
    return TOKENS.parse(TOKENS.child(of).text.reveal())


def measure(store: SessionStore) -> tuple[int, Presented]:
    tokens = [opened(store) for _ in range(BATCH)]
    rates: list[float] = []
    for _ in range(ROUNDS):
        tokens = [child(token) for token in tokens]
        begin = time.perf_counter()
        told = store.rotate(tokens)
        rates.append(BATCH / (time.perf_counter() - begin))
        assert all(one.verdict is Verdict.OK for one in told)
    return int(statistics.median(rates)), tokens[0]


@contextmanager
def memory() -> Iterator[tuple[SessionStore, Size]]:
    yield MemorySessions(**LIFETIMES), lambda _: "-"


@contextmanager
def sqlite() -> Iterator[tuple[SessionStore, Size]]:
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "sessions.sqlite3")
        yield on_database(database), lambda _: "-"
        database.close()


@contextmanager
def postgres() -> Iterator[tuple[SessionStore, Size]]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where the embedded server keeps its locks
        with on_postgres(Path(folder)) as pair:
            yield pair


@contextmanager
def on_postgres(folder: Path) -> Iterator[tuple[SessionStore, Size]]:
    with server(folder / "data") as url:
        database = PostgresDatabase(url)
        row = "SELECT pg_column_size(s.*) AS n FROM auth_sessions AS s WHERE session_id = %s"
        yield on_database(database), lambda one: f"{database.query(row, (one.session_id,), fetch='one')['n']}"
        database.close()


def on_database(database: Database) -> SqlSessions:
    migrate(database)
    return SqlSessions(database, **LIFETIMES)


@contextmanager
def valkey() -> Iterator[tuple[SessionStore, Size]]:
    with tempfile.TemporaryDirectory() as folder:
        server = Valkey(Path(folder) / "valkey").start()
        with on_redis(server.url) as pair:
            yield pair
        server.kill()


@contextmanager
def cluster() -> Iterator[tuple[SessionStore, Size]]:
    with tempfile.TemporaryDirectory() as folder:
        servers = Cluster(Path(folder)).start()
        with on_redis(servers.url) as pair:
            yield pair
        servers.kill()


@contextmanager
def on_redis(url: str) -> Iterator[tuple[SessionStore, Size]]:
    client = connect(url)

    def size(one: Presented) -> str:
        key = "refresh:{" + one.session_id + "}"
        whole = client.memory_usage(key, samples=0)
        client.hdel(key, "created", "auth", "methods", "addr", "agent", "agent2", "agent3", "agent4")
        return f"{client.memory_usage(key, samples=0)} (with metadata {whole})"

    yield RedisSessions(client, **LIFETIMES), size
    client.close()


def main() -> None:
    rows = []
    for place in (memory, sqlite, postgres, valkey, cluster):
        with ExitStack() as stack:
            store, size = stack.enter_context(place())
            rate, token = measure(store)
            rows.append({"store": place.__name__, "rotations/s": rate, "bytes a session": size(token)})
    show("rotations", rows, title=f"Rotations a second, {BATCH} in a batch")


if __name__ == "__main__":
    main()
