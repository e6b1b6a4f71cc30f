"""Fixtures of what is more than one Valkey process: a cluster, a master behind a sentinel, a proxy."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.cluster import Cluster
from tests.servers.proxy import Proxy
from tests.servers.sentinel import Watched


@pytest.fixture(scope="session")
def cluster_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a running cluster that nobody harms."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster")).start()
    yield cluster
    cluster.kill()


@pytest.fixture(scope="session")
def sentinel_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Return a running master, replica and sentinel that nobody harms."""
    watched = Watched(tmp_path_factory.mktemp("watched")).start()
    yield watched
    watched.kill()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a started cluster that the test may harm."""
    cluster = Cluster(tmp_path / "cluster").start()
    yield cluster
    cluster.kill()


@pytest.fixture
def own_watched(tmp_path: Path) -> Iterator[Watched]:
    """Return a started master, replica and sentinel that the test may harm."""
    watched = Watched(tmp_path / "watched").start()
    yield watched
    watched.kill()


@pytest.fixture
def proxy_to() -> Iterator[Callable[..., Proxy]]:
    """Return what makes a proxy to a port; all of them are closed afterwards."""
    made: list[Proxy] = []

    def make(port: int, *, tls: ssl.SSLContext | None = None) -> Proxy:
        made.append(Proxy(port, tls=tls))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()
