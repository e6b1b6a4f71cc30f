"""Limits on real servers: two workers count as one, whatever a client claims, at login and elsewhere."""

from __future__ import annotations

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import httpx
import pytest
import redis
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.auth_app.suite.client import ADA, LOGIN
from tests.end_to_end.serving import worker
from tests.end_to_end.site import PLAIN
from tests.no_tls import NO_TLS
from tests.servers import postgres

pytestmark = pytest.mark.slow

TWO_WORKERS = ("--workers", "2", "--timeout-worker-healthcheck", "60", "--timeout-keep-alive", "120")
COMMAND = ("uvicorn", "tests.rate_limits.site:app", "--port", "0", "--no-proxy-headers", *TWO_WORKERS)
CLIENT, NEIGHBOUR = "198.51.100.7", "198.51.100.8"


@pytest.fixture(scope="module", params=["sqlite", "postgres_redis"])
def origin(request, tmp_path_factory):
    """Return where two workers serve, behind one proxy, in both storage worlds."""
    env = {
        **PLAIN,
        "LIMITS": "on",
        "LIMIT_LOGIN_FAILURES": "10/day",
        "LIMIT_REFRESH": "10/day",
        "TRUSTED_PROXY_COUNT": "1",
    }
    env["LIMIT_ACCOUNT_BACKOFF"] = "1 hour doubling to 1 day"  # however long the thousand take
    env["HASH_QUEUE"] = "1000"  # nobody is refused for want of room: it is the limits that are counted
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


def connected(origin):
    """Return a client of the site."""
    return httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=120)


@contextmanager
def crowd(origin, size):
    """Return threads, and what calls a function with the client of its thread: a connection each."""
    own = threading.local()
    with ExitStack() as stack:

        def connect():
            own.client = stack.enter_context(connected(origin))

        with ThreadPoolExecutor(size, initializer=connect) as threads:
            yield threads, lambda function, *arguments: function(own.client, *arguments)


def guess(client, sender, email, number):
    """Try a password; return the status."""
    body = {"email": email.format(number), "password": f"guess number {number}"}
    return client.post("/auth/login", json=body, headers=sender(number)).status_code


def ask(client, path, number):
    """Send one request; return its status."""
    return client.get(path, headers=hops(number)).status_code


@pytest.mark.parametrize("path", ["/decorated", "/depending"])
def test_two_hundred_requests_at_once_are_ten(origin, path):
    """Forty connections with fifty spoofed addresses get what one address gets; its neighbour has its own."""
    # RL-1, RL-3
    with connected(origin) as client, crowd(origin, 40) as (threads, calling):
        seen = Counter(threads.map(partial(calling, ask, path), range(200)))
        neighbour = client.get(path, headers=hops(0, NEIGHBOUR)).status_code
    assert (seen, neighbour) == ({200: 10, 429: 190}, 200)


def test_a_network_of_ipv6_is_one_client(origin):
    """However many addresses out of one /64 it uses."""  # RL-3
    with connected(origin) as client:
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


def refresh(client, token, number):
    """Exchange one refresh token; return the status."""
    body = {"refresh_token": token}
    return client.post("/auth/refresh", json=body, headers=hops(number, f"198.51.100.{number}")).status_code


def test_two_hundred_refreshes_at_once_are_ten(origin):
    """Of one token from as many addresses, and without one from one address; another session goes on."""
    own = hops(0, NEIGHBOUR)
    with connected(origin) as client, crowd(origin, 40) as (threads, calling):
        assert client.post("/auth/register", json=ADA, headers=own).status_code in {201, 409}
        body = {**LOGIN, "transport": "body"}
        first, other = (
            client.post("/auth/login", json=body, headers=own).json()["refresh_token"] for _ in range(2)
        )
        seen = Counter(threads.map(partial(calling, refresh, first), range(200)))
        strangers = Counter(threads.map(partial(calling, refresh, "x"), [7] * 200))
        neighbour = refresh(client, other, 7)
    assert (seen, strangers, neighbour) == ({200: 10, 429: 190}, {401: 10, 429: 190}, 200)


def in_a_network(number, network):
    """Return another address out of one /64 each time."""
    return {"x-forwarded-for": f"2001:db8:0:{network}::{number:x}"}


def in_a_herd(number):
    """Return one of fifty addresses that are really theirs."""
    return hops(number, f"203.0.113.{number % 50}")


ONE_ACCOUNT = {
    "spoofed": partial(hops, client="198.51.100.66"),
    "/64": partial(in_a_network, network=9),
    "herd": in_a_herd,
}
MANY_ACCOUNTS = {
    "spoofed": partial(hops, client="198.51.100.67"),
    "/64": partial(in_a_network, network=10),
}


@pytest.mark.parametrize("sender", ONE_ACCOUNT)
def test_a_thousand_passwords_for_one_account_are_five(origin, sender):
    """Over eighty connections; its owner signs in all the while from her own browser, and from no other."""
    # RL-1, RL-2, RL-3, RL-4
    own, email = hops(0, NEIGHBOUR), f"{sender.strip('/')}@example.com"
    login = {**LOGIN, "email": email}
    with connected(origin) as hers, connected(origin) as client, crowd(origin, 80) as (threads, calling):
        assert hers.post("/auth/register", json={**ADA, "email": email}, headers=own).status_code == 201
        assert hers.post("/auth/login", json=login, headers=own).status_code == 200
        attack = [
            threads.submit(calling, guess, ONE_ACCOUNT[sender], email, number) for number in range(1000)
        ]
        during = hers.post("/auth/login", json=login, headers=own).status_code
        seen = Counter(one.result() for one in attack)
        after = [one.post("/auth/login", json=login, headers=own).status_code for one in (hers, client)]
    assert (seen, during, after) == ({401: 5, 429: 995}, 200, [200, 429])


@pytest.mark.parametrize("sender", MANY_ACCOUNTS)
def test_a_thousand_passwords_for_as_many_accounts_are_ten(origin, sender):
    """Over eighty connections of one address; meanwhile somebody signs in from where she is."""
    # RL-1, RL-3
    own = hops(0, NEIGHBOUR)
    with connected(origin) as client, crowd(origin, 80) as (threads, calling):
        assert client.post("/auth/register", json=ADA, headers=own).status_code in {201, 409}
        senders = MANY_ACCOUNTS[sender]
        attack = [
            threads.submit(calling, guess, senders, "a{}@example.com", number) for number in range(1000)
        ]
        owner = client.post("/auth/login", json=LOGIN, headers=own).status_code
        seen = Counter(one.result() for one in attack)
    assert (seen, owner) == ({401: 10, 429: 990}, 200)
