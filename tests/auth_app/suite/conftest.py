"""Fixtures of the HTTP suite: an application of each factory, and a client of it."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import Client
from tests.auth_app.suite.factories import FACTORIES
from tests.passkeys.authenticator import Authenticator


@pytest.fixture(params=list(FACTORIES))
def app_factory(request):
    """Return what makes the application: `Auth` in, ASGI application out."""
    return FACTORIES[request.param]


@pytest.fixture
def client(app_factory, world):
    """Return a client of an application without users."""
    return Client(app_factory(world.auth))


@pytest.fixture
def ada(client):
    """Return a client of an application where Ada is registered."""
    assert client.register().status_code == 201
    return client


@pytest.fixture
def session(ada):
    """Return a client that is logged in with the cookie."""
    assert ada.login().status_code == 200
    return ada


@pytest.fixture
def mine(ada):
    """Return the header of Ada's access token."""
    return {"authorization": f"Bearer {ada.login().json()['access_token']}"}


@pytest.fixture
def add(ada, mine):
    """Return what registers a passkey of Ada's: (device, members) -> answer."""

    def added(device, **more):
        options = ada.post("/auth/passkeys/options", headers=mine)
        assert options.status_code == 200, options.text
        asked = {"passkey": device.create(options.json()), **more}
        return ada.post("/auth/passkeys", json=asked, headers=mine)

    return added


@pytest.fixture
def device(add):
    """Return a device that has a passkey of Ada's."""
    made = Authenticator()
    assert add(made).status_code == 201
    return made
