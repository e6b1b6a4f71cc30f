"""The key that a limit by address counts by, and the proxy that nobody configured."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.client_address import _parsed, address
from jwt_auth_asgi.http.client_key import PROXY_FACTOR, SHARED, ClientKey, client_key, key_of, network_of
from jwt_auth_asgi.http.unconfigured_proxy import UnconfiguredProxyWarning

OWN = "198.51.100.7"
PROXY = "192.0.2.9"

# what the attacker tries, peer, X-Forwarded-For lines, trusted proxies, the key that it is counted by
SPOOFS = [
    ("nothing", OWN, [], 0, OWN),
    ("a header where no proxy is", OWN, ["6.6.6.6"], 0, OWN),
    ("a list of them", OWN, ["6.6.6.6, 7.7.7.7"], 0, OWN),
    ("an address of its own before the proxy's", PROXY, ["6.6.6.6, " + OWN], 1, OWN),
    ("two before the proxy's", PROXY, ["6.6.6.6, 7.7.7.7, " + OWN], 1, OWN),
    ("a line of its own before the proxy's", PROXY, ["6.6.6.6", OWN], 1, OWN),
    ("the address of the proxy before the proxy's", PROXY, [PROXY + ", " + OWN], 1, OWN),
    ("an empty hop before the proxy's", PROXY, [", , " + OWN], 1, OWN),
    ("two hops where two proxies are", PROXY, ["6.6.6.6, " + OWN + ", 10.0.0.8"], 2, OWN),
    ("no hop at all through one proxy", PROXY, [], 1, PROXY),
    ("another port each time", PROXY, [OWN + ":4711"], 1, OWN),
    ("spaces and tabs", PROXY, ["6.6.6.6,\t " + OWN + " "], 1, OWN),
    ("the IPv4-mapped form", "::ffff:" + OWN, [], 0, OWN),
    ("the mapped form in hexadecimal", "::ffff:c633:6407", [], 0, OWN),
    ("the mapped form in capitals, through a proxy", PROXY, ["::FFFF:" + OWN], 1, OWN),
    ("one address of its /64", "2001:db8:0:7::1", [], 0, "2001:db8:0:7::/64"),
    ("another of the same /64", "2001:db8:0:7:ffff:ffff:ffff:ffff", [], 0, "2001:db8:0:7::/64"),
    ("the same, written at length", PROXY, ["2001:0DB8:0000:0007:0:0:0:2"], 1, "2001:db8:0:7::/64"),
    ("the same in brackets, with a port", PROXY, ["[2001:db8:0:7::3]:443"], 1, "2001:db8:0:7::/64"),
    ("zones of a link-local address", "fe80::1%eth0", [], 0, "fe80::/64"),
    ("another zone", "fe80::2%" + "x" * 16, [], 0, "fe80::/64"),
    ("a name", PROXY, ["unknown"], 1, SHARED),
    ("another name", PROXY, ["_hidden"], 1, SHARED),
    ("leading zeros", PROXY, ["198.051.100.007"], 1, SHARED),
    ("a number", PROXY, ["3325256711"], 1, SHARED),
    ("digits of another script", PROXY, ["\u0661.2.3.4"], 1, SHARED),
    ("a text without end", PROXY, ["6" * 65_000], 1, SHARED),
    ("control characters", PROXY, ["\x00\x1b[31m"], 1, SHARED),
    ("no address", None, [], 0, SHARED),
    ("a header without an address", None, ["6.6.6.6"], 0, SHARED),
    ("no text as an address", "", [], 0, SHARED),
    ("a path as an address", "/run/app.sock", [], 0, SHARED),
    ("the key of those who have none", PROXY, [SHARED], 1, SHARED),
]


def key(peer, lines=(), trusted_proxy_count=0, kind="http"):
    """Return the key of a request."""
    headers = [(b"x-forwarded-for", line.encode("utf-8")) for line in lines]
    scope = {"type": kind, "client": peer and (peer, 1), "headers": [(b"host", b"x"), *headers]}
    return client_key(scope, trusted_proxy_count=trusted_proxy_count)


@pytest.mark.parametrize("spoof", SPOOFS, ids=lambda spoof: spoof[0])
def test_no_spoof_gives_a_client_another_key(spoof):
    """Whatever a client writes, it is counted by where the socket or a configured proxy has it from."""
    # RL-3
    _, peer, lines, count, expected = spoof
    assert key(peer, lines, count).text == expected
    assert key(peer, lines, count, "websocket").text == expected


def test_a_neighbouring_network_is_another_client():
    """The next /64 is somebody else's, and so is the next IPv4 address."""  # RL-3
    assert key("2001:db8:0:8::1") != key("2001:db8:0:7::1")
    assert key("198.51.100.8") != key("198.51.100.7")


def test_a_scope_without_client_and_headers_has_the_shared_key():
    """ASGI lets a server leave both out."""  # RL-3
    assert client_key({"type": "http"}, trusted_proxy_count=0) == ClientKey(SHARED)
    assert client_key({"type": "http", "client": None}, trusted_proxy_count=1) == ClientKey(SHARED)


NEAR = ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.9.9", "::1", "fd00::7", "fe80::1"]


@pytest.mark.parametrize("peer", [*NEAR, "::ffff:10.1.2.3", None])
def test_a_near_peer_that_forwards_is_a_proxy_that_nobody_configured(peer):
    """All its clients share one key, so it has what twenty addresses have."""
    assert key(peer, ["6.6.6.6"]).factor == PROXY_FACTOR == 20
    assert key(peer).factor == 1, "without the header it is a client"
    assert key(peer, ["6.6.6.6"], 1).factor == 1, "it is configured"


@pytest.mark.parametrize("peer", [OWN, "8.8.8.8", "172.32.0.1", "2001:db8::1"])
def test_a_far_peer_that_forwards_is_a_client(peer):
    """A header alone, which anybody can send, makes no limit wider."""  # RL-3
    assert key(peer, ["10.0.0.1"]).factor == 1


def test_what_is_remembered_is_bounded():
    """A thousand addresses are known at a time, and of no long text anything."""
    for cache in (_parsed, key_of):
        assert cache.cache_info().maxsize == 1024
    known = _parsed.cache_info().misses
    key(PROXY, ["6" * 65_000], 1)
    assert _parsed.cache_info().misses == known


def test_an_unconfigured_proxy_is_warned_of_once_a_minute(caplog):
    """The sentence names the peer and the variable."""
    times = iter([0, 1, 59, 60, 61])
    warning = UnconfiguredProxyWarning(monotonic=times.__next__)
    for _ in range(5):
        warning.note(ClientKey("10.0.0.9", PROXY_FACTOR))
        warning.note(ClientKey(OWN))
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "10.0.0.9 sends X-Forwarded-For, but TRUSTED_PROXY_COUNT is 0" in caplog.text


NETWORKS = [
    ("198.51.100.7", "198.51.100.0/24"),
    ("198.51.100.255", "198.51.100.0/24"),
    ("::ffff:198.51.100.7", "198.51.100.0/24"),
    ("2001:db8:0:7::1", "2001:db8:0:7::/64"),
    ("2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7::/64"),
    ("nobody", SHARED),
]


@pytest.mark.parametrize(("text", "network"), NETWORKS)
def test_neighbours_have_one_network(text, network):
    """All of an IPv4 /24, all of an IPv6 /64, and all whose address is not known."""  # PW-06, RL-3
    scope = {"client": (text, 4711), "headers": []}
    assert network_of(address(scope, trusted_proxy_count=0)) == network
