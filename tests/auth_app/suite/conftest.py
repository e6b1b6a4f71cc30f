"""Fixtures of the HTTP suite: an application of each factory, and a client of it."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import Client
from tests.auth_app.suite.factories import FACTORIES


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
