"""The world that an application stands in."""

import pytest

from tests import dumps
from tests.auth_app.world import World
from tests.taint import TAINT


@pytest.fixture
def world():
    """Return an empty world."""
    world = World()
    yield world
    leaks = TAINT.leaks("nothing", *dumps.rows(world.stores.database))
    world.close()
    assert leaks == [], "a row holds a secret"  # LOG-1
