"""A provider, a world whose users may sign in with it, and somebody who is signed in by a password."""

from __future__ import annotations

import pytest

from tests.auth_app.world import World, settings
from tests.identities.issuer import serving, variables_of


@pytest.fixture
def issuer():
    """Return a provider."""
    with serving() as made:
        yield made


@pytest.fixture
def world(issuer):
    """Return a world whose users may sign in with it."""
    made = World(settings(**variables_of(issuer)))
    issuer.now = lambda: made.now
    yield made
    made.close()


@pytest.fixture
def bearer(client):
    """Return the header of somebody who is signed in by a password."""
    client.register(email="bob@example.com")
    token = client.login(email="bob@example.com").json()["access_token"]
    return {"authorization": f"Bearer {token}"}
