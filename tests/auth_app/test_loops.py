"""The auth app and the router on trio's event loop: one sentence at start-up, or each route's refusal."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from jwt_auth_asgi.app.auth_app import create_app, create_standalone
from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_asgi.executors.loops import AsyncioRequiredError
from jwt_auth_fastapi import auth_router
from tests.asgi.drive import call, http_scope, request
from tests.asgi.trio_loop import run
from tests.auth_app.world import World

LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
STARTUP = [{"type": "lifespan.startup"}]


@pytest.fixture
def auth():
    """Return an `Auth` in memory."""
    world = World()
    yield world.auth
    world.close()


@pytest.mark.parametrize("create", [create_app, create_standalone])
def test_the_auth_app_does_not_start_without_asyncio(auth, create, caplog):
    """The server hears one sentence, no traceback, and so does the log."""
    (failed,) = call(create(auth), LIFESPAN, STARTUP, run)
    assert failed["type"] == "lifespan.startup.failed"
    assert failed["message"].startswith("an Auth is served on asyncio or uvloop only")
    assert caplog.messages == [failed["message"]]


def test_the_router_does_not_start_without_asyncio(auth):
    """FastAPI and Starlette pass on what its lifespan raises: that alone, no fault behind it."""
    app = FastAPI()
    app.include_router(auth_router(auth))
    with pytest.raises(AsyncioRequiredError) as raised:
        call(app, LIFESPAN, STARTUP, run)
    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, False)
    assert raised.value.__context__ is None


@pytest.mark.parametrize("path", [endpoint.path for endpoint in endpoints()])
def test_each_route_says_so_where_no_lifespan_did(auth, path, caplog):
    """503 for the client, the sentence for the operator."""
    method = next(endpoint.method for endpoint in endpoints() if endpoint.path == path)
    answer = request(create_app(auth), http_scope(path, method=method), run=run)
    assert (answer.status, answer.json["code"]) == (503, "asyncio_required")
    assert all("an Auth is served on asyncio or uvloop only" in line for line in caplog.messages)
