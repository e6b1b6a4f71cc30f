"""Two real worker processes: logged out in one, refused in the other, with nothing asked on the way."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import httpx
import pytest
import redis

from jwt_auth_core.auth import Auth
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from tests.examples.serving import served
from tests.no_tls import NO_TLS
from tests.revocations.parts import until
from tests.servers import postgres

pytestmark = pytest.mark.slow

KEY = "a key that only the tests of two processes know"
PASSWORD = "correct tidal lantern"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "L"}
LIMIT_SECONDS = 1.0


@pytest.fixture(scope="module", params=["sqlite", pytest.param("servers", marks=pytest.mark.servers)])
def environment(request, tmp_path_factory):
    """Return what both processes are configured with."""
    base = {"JWT_KEY": KEY, "COOKIE_SECURE": "false"}
    if request.param == "sqlite":
        yield {**base, "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('shared')}/shared.sqlite3"}
        return
    redis_url = request.getfixturevalue("redis_server")
    with postgres.database(request.getfixturevalue("postgres_server")) as postgres_url:
        with closing(PostgresDatabase(postgres_url)) as database:
            migrate(database)
        yield {**base, "DATABASE_URL": postgres_url, "REDIS_URL": redis_url}


@pytest.fixture(scope="module")
def workers(environment, tmp_path_factory):
    """Return clients of two worker processes of the example application."""
    with ExitStack() as stack:
        origins = [_worker(stack, environment, tmp_path_factory.mktemp(name)) for name in ("one", "two")]
        clients = [httpx.Client(base_url=origin, timeout=60, verify=NO_TLS) for origin in origins]
        yield [stack.enter_context(client) for client in clients]


def _worker(stack, environment, directory):
    return stack.enter_context(served("examples.fastapi_app:app", directory=directory, env=environment))


def login(client):
    """Register where needed, log in without a cookie; return access and refresh token."""
    client.post("/auth/register", json=ADA)
    words = {"email": ADA["email"], "password": PASSWORD, "transport": "body"}
    told = client.post("/auth/login", json=words).json()
    return told["access_token"], told["refresh_token"]


def status(client, token):
    """Ask for the topics; return the status."""
    return client.get("/questions/topics", headers={"authorization": f"Bearer {token}"}).status_code


def propagation(one, two):
    """Log in and out in one worker; return how long the other still took the access token, in seconds."""
    access, refresh = login(one)
    assert status(two, access) == 200
    one.post("/auth/logout", json={"refresh_token": refresh}).raise_for_status()
    started = time.monotonic()
    assert status(one, access) == 401
    until(lambda: status(two, access) == 401)
    return time.monotonic() - started


def test_a_logout_in_one_is_heard_in_the_other(workers):
    """For good, and another session of the same user goes on."""
    # RF-11
    one, two = workers
    other, _ = login(two)
    access, refresh = login(one)
    one.post("/auth/logout", json={"refresh_token": refresh}).raise_for_status()
    until(lambda: status(two, access) == 401)
    assert [status(two, access), status(two, other), status(one, other)] == [401, 200, 200]


def test_it_is_heard_within_a_second(workers):
    """In either direction; the best of three each, since a test machine may be busy with others."""
    one, two = workers
    assert min(propagation(one, two) for _ in range(3)) < LIMIT_SECONDS
    assert min(propagation(two, one) for _ in range(3)) < LIMIT_SECONDS


@contextlib.contextmanager
def monitored(url: str) -> Iterator[list[str]]:
    """Collect what a Redis is asked meanwhile, by anybody."""
    seen: list[str] = []
    begun = threading.Event()

    def listen() -> None:
        with redis.Redis.from_url(url) as client, client.monitor() as monitor:
            begun.set()
            while not seen or "the end of it" not in seen[-1]:
                seen.append(monitor.next_command()["command"])

    listener = threading.Thread(target=listen)
    listener.start()
    assert begun.wait(60)
    yield seen
    with redis.Redis.from_url(url) as client:
        client.echo("the end of it")
    listener.join(60)
    assert not listener.is_alive()


@pytest.mark.servers
@pytest.mark.parametrize("environment", ["servers"], indirect=True)
def test_requests_ask_redis_nothing(workers, environment):
    """Of three hundred requests Redis sees none: only the readers' own steady asking for news."""
    one, two = workers
    access, _ = login(one)
    assert [status(worker, access) for worker in (one, two)] == [200, 200]
    started = time.monotonic()
    with monitored(environment["REDIS_URL"]) as seen:
        assert {status(worker, access) for _ in range(150) for worker in (one, two)} == {200}
        seconds = time.monotonic() - started
    asked = [words for words in seen if words.split()[0] in {"XREAD", "EVALSHA", "EVAL"}]
    assert all("revocations" in words for words in asked)
    assert not any("refresh:" in words for words in seen)
    # A pair of commands each half second and process, and what the script asks itself.
    assert len(asked) <= 2 * 2 * (2 * seconds + 2)


def test_a_role_that_is_taken_away_is_gone_in_both(workers, environment):
    """By an operator in a third process; nobody is logged out: any worker's refresh gives a good token."""
    one, two = workers
    access, refresh = login(one)
    with closing(Auth.from_env(environment)) as operator:
        user = operator.end_user.find(ADA["email"])
        operator.roles.define("editor", {"posts:*"})
        operator.roles.grant(user.user_id, "editor")
        told = two.post("/auth/refresh", json={"refresh_token": refresh}).json()
        assert operator.tokens.verify(told["access_token"]).roles == {"editor"}
        assert [status(worker, told["access_token"]) for worker in workers] == [200, 200]
        operator.roles.revoke(user.user_id, "editor")
    for worker in workers:
        until(lambda worker=worker: status(worker, told["access_token"]) == 401)
    told = one.post("/auth/refresh", json={"refresh_token": told["refresh_token"]}).json()
    assert [status(worker, told["access_token"]) for worker in workers] == [200, 200]
    assert status(one, access) == 401
