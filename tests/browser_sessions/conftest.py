"""A page of an application behind the middleware, and a browser that is signed in there."""

from __future__ import annotations

import pytest

from tests.auth_app.world import World
from tests.browser_sessions.browser import Browser


@pytest.fixture
def world():
    """Return an empty world on embedded stores, with a clock that the test holds."""
    world = World()
    yield world
    world.close()


@pytest.fixture
def browser(world):
    """Return a browser in which Ada is signed in."""
    browser = Browser(world)
    browser.sign_in()
    return browser
