"""After a switchover: connections that lead to a server that takes no writes are not used again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import extensions

from jwt_auth_core.database.connections.postgres import translated
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.statement import scan
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.revocation import EndedSession, Recorded
from jwt_auth_core.revocations.sql import SqlFeed
from jwt_auth_core.steps import run
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

COUNT = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
WRITE = "INSERT INTO notes VALUES (1)"


@pytest.fixture
def demoted(postgres_server, postgres_url) -> Iterator[PostgresDatabase]:
    """Return a database with three idle connections to a replica; new ones lead to the primary."""
    name = extensions.parse_dsn(postgres_url)["dbname"]
    with closing(PostgresDatabase(postgres_url, pool_size=4)) as db:
        migrate(db)
        db.query("CREATE TABLE notes (id INT)")
        db.pool.drop_idle()
        execute(postgres_server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        fill(db, connections=3)
        execute(postgres_server, f"ALTER DATABASE {name} RESET ALL")
        yield db


def fill(db, *, connections: int) -> None:
    """Open several connections at once; all are idle afterwards."""
    barrier = threading.Barrier(connections)

    def hold() -> None:
        with db.transaction():
            barrier.wait()

    threads = [threading.Thread(target=hold) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_transaction(db) -> None:
    """Write inside a transaction."""
    with db.transaction():
        db.query(WRITE)


def in_savepoint(db) -> None:
    """Write inside a savepoint."""
    with db.transaction(), db.transaction():
        db.query(WRITE)


def to_the_feed(db) -> None:
    """Publish a revocation."""
    SqlFeed(db, keep_seconds=60).publish(Recorded(EndedSession("0" * 32), 1))


WAYS: list[Callable[[PostgresDatabase], object]] = [
    lambda db: db.query(WRITE),
    lambda db: db.run(scan(WRITE, "postgres")),
    lambda db: run(db.running(scan(WRITE, "postgres"))),
    in_transaction,
    in_savepoint,
    to_the_feed,
]


@pytest.mark.parametrize("write", WAYS, ids=["query", "run", "running", "transaction", "savepoint", "feed"])
def test_one_refused_write_renews_the_pool(demoted, write):
    """The first write is a 503, the next one succeeds: no connection to the replica is left."""
    # F-16
    with pytest.raises(StoreUnavailableError, match="is read-only"):
        write(demoted)
    assert not any(connection.usable() for connection in demoted.pool.stats().idle)
    write(demoted)
    assert demoted.query(COUNT, fetch="one") == {"n": 1}


def test_a_connection_that_was_out_is_not_used_again(demoted):
    """Whoever only reads on the replica at that moment goes on, and the next call is at the primary."""
    inside, renewed, read = threading.Event(), threading.Event(), []

    def reading() -> None:
        with demoted.transaction():
            inside.set()
            renewed.wait()
            read.append(demoted.query("SHOW transaction_read_only", fetch="one"))
        read.append(demoted.query("SHOW transaction_read_only", fetch="one"))

    thread = threading.Thread(target=reading)
    thread.start()
    inside.wait()
    with pytest.raises(StoreUnavailableError):
        demoted.query(WRITE)
    renewed.set()
    thread.join()
    assert [row["transaction_read_only"] for row in read] == ["on", "off"]


def test_a_statement_whose_server_goes_is_a_lost_connection(postgres_url):
    """psycopg2 hides the SQLSTATE of a shutdown; the pool loses its connections, the statement its blame."""
    with closing(PostgresDatabase(postgres_url, pool_size=4)) as db:
        fill(db, connections=3)
        kill = "SELECT pg_terminate_backend(pg_backend_pid())"
        with pytest.raises(StoreUnavailableError, match="lost the connection") as caught:
            db.query(kill)
        assert getattr(caught.value.__cause__, "pgcode", None) is None
        assert not any(connection.usable() for connection in db.pool.stats().idle)
        assert db.query(COUNT, fetch="one") == {"n": 1}


@pytest.mark.parametrize("text", ["FATAL: terminating connection", "cannot adapt to the new primary", ""])
def test_an_operational_error_without_a_code_is_a_lost_connection(text):
    """Whatever it says: the server or the network did it, not a value."""
    assert isinstance(translated(psycopg2.OperationalError(text)), StoreUnavailableError)
