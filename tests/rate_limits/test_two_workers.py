"""Limits of the application's own on real servers: two workers count as one, whatever a client claims."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import httpx
import pytest
import redis
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.end_to_end.serving import worker
from tests.end_to_end.site import PLAIN
from tests.no_tls import NO_TLS
from tests.servers import postgres

pytestmark = pytest.mark.slow

TWO_WORKERS = ("--workers", "2", "--timeout-worker-healthcheck", "60", "--no-proxy-headers")
COMMAND = ("uvicorn", "tests.rate_limits.site:app", "--port", "0", *TWO_WORKERS)
CLIENT, NEIGHBOUR = "198.51.100.7", "198.51.100.8"


@pytest.fixture(scope="module", params=["sqlite", "postgres_redis"])
def origin(request, tmp_path_factory):
    """Return where two workers serve, behind one proxy, in both storage worlds."""
    env = {**PLAIN, "LIMITS": "on", "TRUSTED_PROXY_COUNT": "1"}
    with ExitStack() as stack:
        if request.param == "postgres_redis":
            server = request.getfixturevalue("postgres_server")
            env["DATABASE_URL"] = stack.enter_context(postgres.database(server))
            env["REDIS_URL"] = request.getfixturevalue("redis_server")
            with redis.Redis.from_url(env["REDIS_URL"]) as client:
                client.flushdb()
        started = stack.enter_context(worker(*COMMAND, directory=tmp_path_factory.mktemp("two"), env=env))
        origin = started.origin()
        for _ in range(2):
            started.await_line(re.compile("Application startup complete"))
        yield origin


def hops(number, client=CLIENT):
    """Return what a proxy passes on: an address of the client's own making, and where it comes from."""
    return {"x-forwarded-for": f"6.6.6.{number % 50}, {client}"}


def ask(path, client, number):
    """Send one request; return its status."""
    return client.get(path, headers=hops(number)).status_code


@pytest.mark.parametrize("path", ["/decorated", "/depending"])
def test_two_hundred_requests_at_once_are_ten(origin, path):
    """Forty connections with fifty spoofed addresses get what one address gets; its neighbour has its own."""
    # RL-1, RL-3
    with (
        httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=60) as client,
        ThreadPoolExecutor(40) as threads,
    ):
        seen = Counter(threads.map(partial(ask, path, client), range(200)))
        neighbour = client.get(path, headers=hops(0, NEIGHBOUR)).status_code
    assert (seen, neighbour) == ({200: 10, 429: 190}, 200)


def test_a_network_of_ipv6_is_one_client(origin):
    """However many addresses out of one /64 it uses."""  # RL-3
    with httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=60) as client:
        seen = [
            client.get("/decorated", headers={"x-forwarded-for": f"2001:db8:0:7::{number:x}"}).status_code
            for number in range(30)
        ]
    assert Counter(seen) == {200: 10, 429: 20}


def test_websockets_are_counted_too(origin):
    """The eleventh is refused before it is accepted, and told when to come again."""
    opened, refused = 0, []
    for number in range(12):
        try:
            with connect(origin.replace("http", "ws") + "/talk", additional_headers=hops(number)):
                opened += 1
        except InvalidStatus as refusal:
            answer = refusal.response
            refused.append((answer.status_code, len(answer.headers["retry-after"])))
    assert (opened, refused) == (10, [(429, 4)] * 2)
