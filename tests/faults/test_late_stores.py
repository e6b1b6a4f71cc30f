"""Stores that come later than the server: it is alive, not ready, answers 503, and serves once they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
import redis

from jwt_auth_core import Auth
from jwt_auth_core.settings import Settings
from tests.end_to_end.serving import Worker, until, worker
from tests.end_to_end.site import PLAIN
from tests.servers.cluster import Cluster
from tests.servers.postgres import Mortal
from tests.servers.sentinel import Watched

pytestmark = [pytest.mark.servers, pytest.mark.slow]

SHOP = """
from fastapi import FastAPI
from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_env()
app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))
"""
ALONE = ("jwt-auth", "serve", "--port", "0")
APPLICATION = (
    *("uvicorn", "shop:app", "--port", "0", "--workers", "2"),
    *("--timeout-worker-healthcheck", "60"),
)
ADA = {"email": "ada@example.com", "password": "kettle-lantern-orbit-quince"}
NAMES = {"first_name": "Ada", "last_name": "Lovelace"}
HEALED_WITHIN_SECONDS = 5
"""As every fault has it (faults.md); on a machine of its own it is one or two."""


@pytest.fixture
def begun(tmp_path) -> Iterator[Callable[..., Worker]]:
    """Return what starts a command on stores named by variables."""
    (tmp_path / "shop.py").write_text(SHOP)
    with ExitStack() as stack:

        def begin(*command: str, **variables: str) -> Worker:
            env = {**PLAIN, "PYTHONPATH": f"{tmp_path}", **variables}
            return stack.enter_context(worker(*command, directory=tmp_path, env=env))

        yield begin


def migrated(server: Mortal) -> str:
    """Return the URL of the server's database, with our tables."""
    auth = Auth.from_settings(Settings.from_env({**PLAIN, "DATABASE_URL": server.url}))
    auth.migrate()
    auth.close()
    return server.url


def status(origin: str, path: str = "/auth/health/ready") -> int:
    """Return the status of a probe."""
    return httpx.get(origin + path, timeout=10).status_code


def reasons(origin: str) -> str:
    """Return the details of the readiness probe, which this machine sees."""
    return httpx.get(f"{origin}/auth/health/ready", timeout=10).text


@pytest.mark.parametrize(("command", "workers"), [(ALONE, 1), (APPLICATION, 2)])
def test_a_server_that_starts_before_its_stores(begun, own_postgres, own_valkey, command, workers):
    """Alive and not ready; 503 with Retry-After for whoever asks; then it serves, in every worker."""
    # F-12, F-14, F-27
    stores = {"DATABASE_URL": migrated(own_postgres), "REDIS_URL": own_valkey.url}
    own_postgres.stop()
    own_valkey.kill()
    server = begun(*command, **stores)
    origin = server.origin()
    until(lambda: server.output.count("Application startup complete") == workers)
    for _ in range(4 * workers):  # each worker is met
        assert status(origin, "/auth/health/live") == 200
        refused = httpx.post(f"{origin}/auth/login", json=ADA, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        assert status(origin) == 503
    own_valkey.start()
    assert status(origin) == 503
    own_postgres.start()
    until(lambda: {status(origin) for _ in range(4 * workers)} == {200}, within_seconds=HEALED_WITHIN_SECONDS)
    assert httpx.post(f"{origin}/auth/register", json=ADA | NAMES, timeout=30).status_code == 201
    assert httpx.post(f"{origin}/auth/login", json=ADA, timeout=30).status_code == 200
    assert "not ready until they are there" in server.output
    assert not re.search("Traceback|ERROR", server.output)


def test_a_database_that_comes_late_and_lacks_a_migration(begun, own_postgres):
    """Not ready; the log has the command; once that has run, it serves without a new start."""
    url = own_postgres.url
    own_postgres.stop()
    server = begun(*ALONE, DATABASE_URL=url)
    origin = server.origin()
    own_postgres.start()
    server.await_line(re.compile("not ready: the database lacks .*; run: jwt-auth migrate"))
    assert status(origin) == 503
    refused = httpx.post(f"{origin}/auth/login", json=ADA, timeout=30)
    assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
    begun("jwt-auth", "migrate", DATABASE_URL=url).ended()
    until(lambda: status(origin) == 200)
    assert httpx.post(f"{origin}/auth/register", json=ADA | NAMES, timeout=30).status_code == 201


def test_a_store_that_comes_late_and_refuses_the_password(begun, own_valkey):
    """What the start would have refused keeps it from being ready, and is in the log."""
    own_valkey.kill()
    server = begun(*ALONE, DATABASE_URL="sqlite://", REDIS_URL=own_valkey.url)
    origin = server.origin()
    own_valkey.start()
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("requirepass", "another-password")
    until(lambda: status(origin) == 503 and "refuses the user or the password" in reasons(origin))


def test_a_cluster_of_which_no_node_is_there_yet(begun, tmp_path):
    """Its map is asked for as soon as somebody has it."""
    # F-08
    cluster = Cluster(tmp_path / "cluster")
    server = begun(*ALONE, DATABASE_URL="sqlite://", REDIS_URL=cluster.url)
    origin = server.origin()
    assert (status(origin, "/auth/health/live"), status(origin)) == (200, 503)
    cluster.start()
    try:
        until(lambda: status(origin) == 200)
        assert httpx.post(f"{origin}/auth/register", json=ADA | NAMES, timeout=30).status_code == 201
        assert httpx.post(f"{origin}/auth/login", json=ADA, timeout=30).status_code == 200
    finally:
        cluster.kill()


def test_sentinels_that_are_not_there_yet(begun, tmp_path):
    """Nobody who knows the master is out of reach like the master itself."""
    # F-08
    watched = Watched(tmp_path / "watched")
    server = begun(*ALONE, DATABASE_URL="sqlite://", REDIS_URL=watched.url)
    origin = server.origin()
    assert (status(origin, "/auth/health/live"), status(origin)) == (200, 503)
    assert "no sentinel that answers knows its master" in reasons(origin)
    watched.start()
    try:
        until(lambda: status(origin) == 200)
    finally:
        watched.kill()
