"""The world that an application stands in."""

import pytest

from tests.auth_app.world import World


@pytest.fixture
def world():
    """Return an empty world."""
    world = World()
    yield world
    world.close()
