"""What an application behind configured proxies hears of its client."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi.http.forwarded import Forwarded

HEADERS = [(b"x-forwarded-for", b"6.6.6.6, 203.0.113.1"), (b"x-forwarded-proto", b"https")]


def told(scope, *, count=1):
    """Return the scope that the application gets."""
    scopes = []

    async def app(scope, _receive, _send):
        scopes.append(scope)

    asyncio.run(Forwarded(app, trusted_proxy_count=count)(scope, None, None))
    return scopes[0]


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
def test_the_client_is_whom_the_proxies_name(kind, scheme):
    """Its address and scheme; the port is the proxy's, so there is none."""  # RL-3
    asked = {"type": kind, "client": ("10.0.0.9", 4711), "headers": HEADERS}
    assert told(asked) == {**asked, "client": ("203.0.113.1", 0), "scheme": scheme}


def test_a_client_without_an_address_is_none():
    """What a proxy says that is no address is not believed."""  # RL-3
    asked = {"type": "http", "client": ("10.0.0.9", 4711), "headers": [(b"x-forwarded-for", b"unknown")]}
    assert told(asked)["client"] is None


def test_a_lifespan_has_no_client():
    """It passes as it is."""
    assert told({"type": "lifespan"}) == {"type": "lifespan"}
