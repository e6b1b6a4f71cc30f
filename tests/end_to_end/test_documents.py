"""Schemathesis over the document of the documented application: its own route and the middleware included."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.auth_app.suite.letters import MAIL
from tests.auth_app.suite.test_schemathesis import complaints
from tests.end_to_end.site import on_fastapi, settings
from tests.end_to_end.world import ADA, World


@pytest.mark.untraced
@pytest.mark.slow
def test_every_answer_is_as_documented():
    """With a valid token no generated request gets a 5xx, an undocumented status, or a broken body."""
    # One of the requests logs the caller out everywhere; the others need its token all the same.
    keys = "a key that encrypts what generated requests enrol"
    made = settings(REVOCATION_CHECK="off", ENCRYPTION_KEYS=keys, **MAIL)
    with closing(World("fastapi", made)) as world:
        token = world.post("/auth/login", json=ADA).json()["access_token"]
        app, headers = on_fastapi(world.auth), {"Authorization": f"Bearer {token}"}
        assert "/questions/topics" in world.get("/openapi.json", {}).json()["paths"]
        assert list(complaints(app, headers, document="/openapi.json")) == []
