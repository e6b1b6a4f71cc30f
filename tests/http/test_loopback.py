"""Whether a request comes from this very machine, and not through a proxy on it."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.loopback import is_on_loopback


def asked(peer="127.0.0.1", host="localhost:8000", version="1.1", **headers):
    """Return the scope of a request."""
    lines = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    client = None if peer is None else (peer, 4711)
    named = [] if host is None else [(b"host", host.encode())]
    return {"type": "http", "http_version": version, "client": client, "headers": [*named, *lines]}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "[::1]"])
def test_both_ends_are_here(peer, host):
    """By the addresses of the loopback, of both families."""
    assert is_on_loopback(asked(peer, host))


@pytest.mark.parametrize("peer", ["10.0.0.1", "198.51.100.7", None, "", "testclient"])
def test_somebody_else_is_not_here(peer):
    """Nor is whoever comes without an address."""
    assert not is_on_loopback(asked(peer))


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "via", "x_real_ip", "cf_connecting_ip"])
def test_a_proxy_here_brings_somebody_else(header):
    """Whatever it writes of its client, this machine's own address included."""
    assert not is_on_loopback(asked(**{header: "127.0.0.1"}))


@pytest.mark.parametrize(
    "host", ["api.example.com", "localhost.example.com", None, "", ":8000", "127.0.0.1.x"]
)
def test_who_asks_for_another_host_is_not_here(host):
    """A proxy that says nothing but keeps the name, or a page of a browser whose name was rebound."""
    assert not is_on_loopback(asked(host=host))


def test_a_proxy_that_says_nothing_is_told_by_its_age():
    """Nginx asks in HTTP/1.0, for the host that it was configured with, and forwards nothing."""
    assert not is_on_loopback(asked(version="1.0"))
