"""The fixtures that hand a test its server; session-wide processes, fresh data a test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.servers import postgres, valkey
from tests.servers.recycled import Recycled
from tests.servers.watchdog import Watchdog

_WATCHDOG = pytest.StashKey[Watchdog]()


def pytest_configure(config: pytest.Config) -> None:
    """Have the servers of this process ended even where it is killed."""
    config.stash[_WATCHDOG] = Watchdog()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the watch."""
    config.stash[_WATCHDOG].dismiss()


@pytest.fixture(scope="session", autouse=True)
def watchdog(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Watchdog:
    """Return the watch over pytest's own folder."""
    watching = pytestconfig.stash[_WATCHDOG]
    watching.watch(tmp_path_factory.getbasetemp())
    return watching


@pytest.fixture(scope="session", autouse=True)
def runtime_directory(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the embedded PostgreSQL a private place for its locks (it asks for XDG_RUNTIME_DIR)."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))


@pytest.fixture(scope="session")
def postgres_server(watchdog: Watchdog) -> Iterator[str]:
    """Return the URL of a PostgreSQL superuser."""
    # Beside pytest's folder, which each new session of root closes to the user that the server runs as.
    private = tempfile.TemporaryDirectory(prefix="jwt-auth-", ignore_cleanup_errors=True)
    with private as directory:
        watchdog.watch(Path(directory))
        with postgres.server(Path(directory)) as url:
            yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the URL of a new, empty database."""
    with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def recycled(postgres_server: str) -> Iterator[Recycled]:
    """Return migrated databases that are lent again and again."""
    made = Recycled(postgres_server)
    yield made
    made.drop()


@pytest.fixture
def migrated_url(recycled: Recycled) -> Iterator[str]:
    """Return the URL of a database whose tables are there, and empty."""
    with recycled.lent() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a running Redis-protocol server."""
    named = os.environ.get("TEST_REDIS_URL")
    if named:
        yield named
        return
    server = valkey.Valkey(tmp_path_factory.mktemp("valkey")).start()
    yield server.url
    server.kill()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Return the URL of an empty Redis database."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[valkey.Valkey]:
    """Return a started server that the test may kill, stop and restart (append-only file on)."""
    options = {"appendonly": "yes", "appendfsync": "everysec"}
    server = valkey.Valkey(tmp_path / "own-valkey", options=options).start()
    yield server
    server.kill()


@pytest.fixture
def own_postgres(watchdog: Watchdog) -> Iterator[postgres.Mortal]:
    """Return a started server that the test may stop and start again."""
    private = tempfile.TemporaryDirectory(prefix="jwt-auth-", ignore_cleanup_errors=True)
    with private as directory:
        watchdog.watch(Path(directory))
        server = postgres.Mortal(Path(directory))
        yield server
        server.stop()
