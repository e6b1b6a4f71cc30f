"""Logins out of one network without end, and those of everybody else, through a real server."""

from __future__ import annotations

from contextlib import closing as closed
from itertools import cycle, islice

import pytest

from jwt_auth_core.passwords import PasswordPolicy, Passwords
from tests.end_to_end import raw
from tests.end_to_end.visitor import PASSWORD
from tests.faults.answers import answered
from tests.faults.slow_hasher import SlowHasher

HOSTILE = 80
HONEST = 25
QUEUE = 30
WRONG = "wrong tidal lantern"
FLOODS = {
    "out of one /24": [f"198.51.100.{number}" for number in range(HOSTILE)],
    "out of one /64": [f"2001:db8:0:7:{number:x}::{number:x}" for number in range(1, HOSTILE)],
    "IPv4 in IPv6": ["::ffff:198.51.100.7", "198.51.100.8", "::ffff:c633:6409"],
    "without an address": ["unknown", "_hidden", "nowhere"],
    "out of one address": ["198.51.100.7"],
}
STRANGERS = [f"203.0.{number}.1" for number in range(HONEST)]


@pytest.fixture
def hasher():
    """Return the hasher; it lets everything through in the end."""
    hasher = SlowHasher()
    yield hasher
    hasher.gate.set()


@pytest.fixture(params=["starlette", "fastapi"])
def site(request, site_on, hasher):
    """Return a site behind a proxy, with one hash thread and a queue that the flood fills alone."""
    passwords = Passwords(hasher, PasswordPolicy.default())
    variables = {"HASH_THREADS": "1", "HASH_QUEUE": str(QUEUE), "TRUSTED_PROXY_COUNT": "1"}
    return site_on(request.param, parts={"passwords": passwords}, **variables)


def login(password: str, address: str) -> bytes:
    """Return the octets of a login that came to the proxy from an address."""
    body = {"email": "ada@example.com", "password": password}
    return raw.post_json("/auth/login", body, **{"X-Forwarded-For": address})


def sent(site, closing, requests):
    """Send each request on a connection of its own; return the connections."""
    connections = []
    for octets in requests:
        connections.append(closing.enter_context(closed(raw.connect(site.server.port))))
        connections[-1].sendall(octets)
    return connections


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_costs_the_others_one_turn_a_round(site, closing, hasher, flood):
    """Who comes from elsewhere is let in, and served before all but a few of the flood; that is refused."""
    # PW-06, F-20, RL-3
    site.member()
    del hasher.seen[:]
    hasher.gate.clear()
    hostile = sent(site, closing, [login(WRONG, address) for address in islice(cycle(flood), HOSTILE)])
    refused = answered(hostile, HOSTILE - QUEUE - 1)
    honest = sent(site, closing, [login(PASSWORD, address) for address in STRANGERS])
    refused += answered(hostile, HONEST)  # they gave way
    hasher.gate.set()
    assert {tuple(raw.statuses(answer)) for answer in answered(honest, HONEST)} == {(200,)}
    assert hasher.seen[: HONEST + 2].count(PASSWORD) == HONEST
    assert {tuple(raw.statuses(answer)) for answer in refused} == {(503,)}
    assert all(b"\r\nretry-after: " in answer for answer in refused)
    assert {tuple(raw.statuses(answer)) for answer in answered(hostile, len(hostile))} == {(401,)}


def test_a_herd_behind_one_address_hurts_itself_alone(site, closing, hasher):
    """Who shares the network of the herd is refused like the rest of it; the stranger beside them is not."""
    # PW-06
    site.member()
    hasher.gate.clear()
    herd = sent(site, closing, [login(PASSWORD, "198.51.100.7")] * (QUEUE + 2))
    answered(herd, 1)  # the queue is full
    (neighbour,) = answered(sent(site, closing, [login(PASSWORD, "198.51.100.200")]), 1)
    stranger = sent(site, closing, [login(PASSWORD, "203.0.113.1")])
    gave_way = answered(herd, 1)
    hasher.gate.set()
    assert [raw.statuses(answer) for answer in (neighbour, *gave_way)] == [[503], [503]]
    assert [raw.statuses(answer) for answer in answered(stranger, 1)] == [[200]]
    assert {tuple(raw.statuses(answer)) for answer in answered(herd, QUEUE)} == {(200,)}
