"""The world of a browser on either pair of stores: the embedded default, and PostgreSQL with Redis."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.schema import migrate
from tests.auth_app.world import World, settings


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def world(request):
    """Return an empty world, with a clock that the test holds."""
    urls = {}
    if request.param == "servers":
        postgres, redis = request.getfixturevalue("migrated_url"), request.getfixturevalue("redis_url")
        urls = {"DATABASE_URL": postgres, "REDIS_URL": redis}
    world = World(settings(**urls))
    migrate(world.stores.database)
    yield world
    world.close()
