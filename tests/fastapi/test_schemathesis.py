"""Schemathesis against the document that /docs is drawn from: the router's routes and guarded ones."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_fastapi import auth_router
from tests.auth_app.suite.letters import MAIL
from tests.auth_app.suite.test_schemathesis import complaints
from tests.auth_app.world import World, settings
from tests.fastapi.conftest import build


@pytest.fixture
def world():
    """Return an empty world."""
    keys = "a key that encrypts what generated requests enrol"
    # A generated logout-all must not end the run.
    world = World(settings(REVOCATION_CHECK="off", ENCRYPTION_KEYS=keys, **MAIL))
    yield world
    world.close()


@pytest.mark.untraced
@pytest.mark.slow
@pytest.mark.parametrize("scopes", [None, (), ("topics:read", "topics:write")])
def test_every_answer_is_as_documented(world, scopes):
    """No generated request gets a 5xx, an undocumented status, or a body that breaks its schema."""
    app = build(
        responses={401: {"description": "No valid token"}, 403: {"description": "A scope is missing"}}
    )
    app.include_router(auth_router(world.auth))
    headers = {}
    if scopes is not None:
        # Of no account, so that no generated request ends what the others are sent with.
        headers["Authorization"] = "Bearer " + world.auth.tokens.issue(subject="42", scopes=scopes)
    guarded = BearerMiddleware(app, world.auth)
    assert list(complaints(guarded, headers, document="/openapi.json")) == []
