"""Probes while a store is down: red within a second, green again by itself, and never a herd."""

from __future__ import annotations

import signal
import threading
import time

import httpx
import pytest
import redis

from tests.end_to_end.serving import until
from tests.servers.valkey import Valkey

pytestmark = pytest.mark.servers


def ready(site):
    """Return status and details of a site, as this machine sees them."""
    answer = httpx.get(f"{site.origin}/auth/health/ready", timeout=10)
    return answer.status_code, answer.json()


def test_a_killed_server_is_red_and_green_again(mortal, own_valkey):
    """Readiness follows the store; liveness does not."""
    # F-12
    until(lambda: ready(mortal)[0] == 200)
    own_valkey.kill()
    until(lambda: ready(mortal)[0] == 503)
    assert ready(mortal)[1]["checks"]["redis"]["status"] == "fail"
    assert httpx.get(f"{mortal.origin}/auth/health/live").status_code == 200
    own_valkey.start()
    until(lambda: ready(mortal)[0] == 200)


def test_a_silent_server_is_red_before_the_probe_gives_up(mortal, own_valkey):
    """The first probe too is answered, and the details say which store it is."""
    # F-04
    own_valkey.send(signal.SIGSTOP)
    try:
        until(lambda: ready(mortal)[0] == 503)
        until(lambda: "redis" in ready(mortal)[1]["checks"])
    finally:
        own_valkey.send(signal.SIGCONT)
    until(lambda: ready(mortal)[0] == 200)
    mortal.settle()


def test_a_database_out_of_reach_is_red(site_on, postgres_proxy):
    """And the store that answers is said to."""
    # F-14
    site = site_on(DATABASE_URL=postgres_proxy.url)
    assert ready(site)[0] == 200
    postgres_proxy.refuse()
    postgres_proxy.cut_all()
    until(lambda: ready(site)[0] == 503)
    assert ready(site)[1]["checks"]["database"]["status"] == "fail"
    postgres_proxy.accept()
    until(lambda: ready(site)[0] == 200)


def pings(server: Valkey) -> int:
    """Return how often a server was sent PING."""
    with redis.Redis.from_url(server.url) as direct:
        return int(direct.info("commandstats").get("cmdstat_ping", {}).get("calls", 0))


def test_probes_are_no_herd_on_the_stores(mortal, own_valkey):
    """Of 200 probes the store hears as often as seconds pass."""
    before, began = pings(own_valkey), time.monotonic()
    threads = [threading.Thread(target=lambda: [ready(mortal) for _ in range(20)]) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pings(own_valkey) - before <= 2 + time.monotonic() - began
