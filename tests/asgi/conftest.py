"""A clock that the test holds, tokens by it, and an application that shows what it was told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.websockets.peer import Echo

SECRET = "a secret that only these tests use, forty-odd bytes"
NOW = 1_800_000_000


class HeldClock:
    """Tells the time that the test set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


class Spy:
    """A bare ASGI application that keeps each scope and answers with what the scope says."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    @property
    def scope(self) -> dict[str, Any]:
        """The only scope seen."""
        (scope,) = self.scopes
        return scope

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
        if scope["type"] == "http":
            told = {"identity": scope["user"].identity, "scopes": scope["auth"].scopes}
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(told).encode()})


@pytest.fixture
def clock() -> HeldClock:
    """Return the clock of `tokens`."""
    return HeldClock()


@pytest.fixture
def tokens(clock: HeldClock) -> AccessTokens:
    """Return access tokens of 900 seconds on a held clock."""
    return AccessTokens(KeyRing.from_secret(SECRET), clock=clock)


@pytest.fixture
def token(tokens: AccessTokens) -> str:
    """Return a valid token of subject 42 with two scopes and a session."""
    return tokens.issue(subject="42", scopes={"topics:read", "topics:write"}, session_id="5e55")


@pytest.fixture
def expired(tokens: AccessTokens) -> str:
    """Return an authentic token that ran out a second ago."""
    return tokens.issue(subject="42", now=NOW - 901)


@pytest.fixture
def spy() -> Spy:
    """Return an application that keeps what it sees."""
    return Spy()


@pytest.fixture
def echo() -> Echo:
    """Return an application that repeats what it is told over a websocket."""
    return Echo()


@pytest.fixture
def app(echo: Echo, tokens: AccessTokens) -> BearerMiddleware:
    """Return the echo behind access tokens by the held clock."""
    return BearerMiddleware(echo, tokens)
