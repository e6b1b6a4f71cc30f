"""What `jwt-auth serve` puts around an application: it minds how the start-up ends."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi.cli import server


def lifespan(*messages):
    """Return an application that answers a start-up with these messages."""

    async def app(_scope, _receive, send):
        for message in messages:
            await send(message)

    return app


def sent(app, scope):
    """Return what an application sends behind `Started`."""
    found = []

    async def send(message):
        found.append(message)

    asyncio.run(server.Started(app)(scope, None, send))
    return found


@pytest.fixture
def frozen(monkeypatch):
    """Return a list of the calls that would freeze this process."""
    calls = []
    monkeypatch.setattr(server.gc, "freeze", lambda: calls.append("freeze"))
    return calls


def test_what_was_imported_is_left_alone_after_a_good_start(frozen):
    """The collector of cycles does not walk through it again, request by request."""
    complete = {"type": "lifespan.startup.complete"}
    assert sent(lifespan(complete), {"type": "lifespan"}) == [complete]
    assert frozen == ["freeze"]


def test_a_failed_start_is_told_in_a_sentence(frozen):
    """The traceback stays out of the message."""
    failed = {
        "type": "lifespan.startup.failed",
        "message": "Traceback ...\nSettingsError: JWT_KEY is missing",
    }
    assert sent(lifespan(failed), {"type": "lifespan"}) == [{**failed, "message": "JWT_KEY is missing"}]
    assert frozen == []


def test_requests_pass_through(frozen):
    """Nothing is minded but the lifespan."""
    message = {"type": "lifespan.startup.complete"}
    assert sent(lifespan(message), {"type": "http"}) == [message]
    assert frozen == []
