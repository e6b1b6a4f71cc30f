"""Schemathesis against the document that /docs is drawn from: the router's routes and guarded ones."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_fastapi import auth_router
from tests.auth_app.suite.client import Client
from tests.auth_app.suite.test_schemathesis import complaints
from tests.auth_app.world import World
from tests.fastapi.conftest import build


@pytest.fixture
def ada():
    """Return a client of an application with the router and guarded routes, where Ada is registered."""
    world = World()
    app = build(
        responses={401: {"description": "No valid token"}, 403: {"description": "A scope is missing"}}
    )
    app.include_router(auth_router(world.auth))
    client = Client(BearerMiddleware(app, world.auth))
    client.register()
    yield client
    world.close()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["anonymous", "ada"])
def test_every_answer_is_as_documented(ada, who):
    """No generated request gets a 5xx, an undocumented status, or a body that breaks its schema."""
    token = ada.login().json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"} if who == "ada" else {}
    assert list(complaints(ada.app, headers, document="/openapi.json")) == []
