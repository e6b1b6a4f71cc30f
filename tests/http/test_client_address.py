"""The address of a client, and what of its User-Agent is kept."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.client_address import LONGEST_USER_AGENT, client_of, scheme

PROXY = "10.0.0.9"

# peer, X-Forwarded-For lines, trusted proxies, address
SPOOFS = [
    ("198.51.100.7", [], 0, "198.51.100.7"),
    ("198.51.100.7", ["203.0.113.1"], 0, "198.51.100.7"),
    (PROXY, ["203.0.113.1"], 1, "203.0.113.1"),
    (PROXY, ["6.6.6.6, 203.0.113.1"], 1, "203.0.113.1"),
    (PROXY, ["6.6.6.6", "203.0.113.1"], 1, "203.0.113.1"),
    (PROXY, ["6.6.6.6, 203.0.113.1, 10.0.0.8"], 2, "203.0.113.1"),
    (PROXY, ["203.0.113.1"], 2, "203.0.113.1"),
    (PROXY, [], 1, PROXY),
    (PROXY, [""], 1, PROXY),
    (PROXY, ["203.0.113.1, "], 1, PROXY),
    (PROXY, ["203.0.113.1:4711"], 1, "203.0.113.1"),
    (PROXY, ["[2001:db8::1]:4711"], 1, "2001:db8::1"),
    (PROXY, ["[2001:db8::1]"], 1, "2001:db8::1"),
    (PROXY, ["2001:DB8:0:0::1"], 1, "2001:db8::1"),
    (PROXY, ["::ffff:203.0.113.1"], 1, "203.0.113.1"),
    (PROXY, ["fe80::1%eth0"], 1, "fe80::1"),
    (PROXY, ["unknown"], 1, None),
    (PROXY, ["_hidden"], 1, None),
    (PROXY, ["[2001:db8::1"], 1, None),
    (PROXY, ["[2001:db8::1]x"], 1, None),
    (PROXY, ["203.0.113.1:x"], 1, None),
    (PROXY, ["203.0.113.1'; DROP TABLE users"], 1, None),
    (PROXY, ["\x00\x1b[31m"], 1, None),
    ("::ffff:198.51.100.7", [], 0, "198.51.100.7"),
    (None, [], 0, None),
    (None, ["203.0.113.1"], 1, "203.0.113.1"),
    ("", [], 0, None),
    ("testclient", [], 0, None),
]


@pytest.mark.parametrize(("peer", "lines", "count", "expected"), SPOOFS)
def test_the_address_is_read_from_the_right(peer, lines, count, expected):
    """Only what a trusted proxy appended is believed, and only if it is an address."""  # RL-3
    client = client_of(peer, forwarded_for=lines, user_agent=[], trusted_proxy_count=count)
    assert client.address == expected


# of the server, X-Forwarded-Proto lines, trusted proxies, of an http request
SCHEMES = [
    ("http", [], 0, "http"),
    ("https", [], 0, "https"),
    ("http", [b"https"], 0, "http"),
    ("http", [b"https"], 1, "https"),
    ("https", [b"http"], 1, "http"),
    ("http", [b"HTTPS "], 1, "https"),
    ("http", [b"wss"], 1, "https"),
    ("http", [b"http, https"], 1, "https"),
    ("http", [b"http", b"https"], 2, "http"),
    ("http", [b"https"], 2, "https"),
    ("https", [b"gopher"], 1, "https"),
    ("http", [b""], 1, "http"),
    (None, [], 1, "http"),
    ("gopher", [], 0, "http"),
]


@pytest.mark.parametrize(("own", "lines", "count", "expected"), SCHEMES)
def test_the_scheme_is_read_from_the_right(own, lines, count, expected):
    """The server's word counts, or a trusted proxy's; a websocket has the names of its own."""  # RL-3
    headers = [(b"x-forwarded-proto", line) for line in lines]
    scope = {"headers": headers, **({"scheme": own} if own else {})}
    assert scheme({"type": "http", **scope}, trusted_proxy_count=count) == expected
    websocket = scheme({"type": "websocket", **scope}, trusted_proxy_count=count)
    assert websocket == {"http": "ws", "https": "wss"}[expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        ([""], None),
        (["curl/8.9"], "curl/8.9"),
        (["a", "b"], "a, b"),
        (["x\r\ny\x1b[31m\u202e\x00"], "x\ufffd\ufffdy\ufffd[31m\ufffd\ufffd"),
        (["é" * 1000], "é" * LONGEST_USER_AGENT),
    ],
)
def test_the_user_agent_is_made_harmless(lines, expected):
    """Control and direction characters are replaced, and the length is bounded."""  # LOG-2
    client = client_of(None, forwarded_for=[], user_agent=lines, trusted_proxy_count=0)
    assert client.user_agent == expected
