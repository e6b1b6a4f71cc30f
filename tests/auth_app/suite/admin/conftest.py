"""An application with an admin, and somebody else."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import EVE, bearer
from tests.auth_app.suite.client import ADA


@pytest.fixture
def admin(ada, world):  # noqa: ARG001 - where Ada is registered
    """Return Ada's id; she is an admin."""
    user_id = world.auth.end_user.find(ADA["email"]).user_id
    world.auth.end_user.set_scopes(user_id, ["auth:admin"])
    world.auth.roles.define("editor", {"posts:*"})
    return user_id


@pytest.fixture
def mine(ada, admin):  # noqa: ARG001 - who is an admin by then
    """Return the header of the admin's access token."""
    return bearer(ada.login())


@pytest.fixture
def eve(ada, admin):  # noqa: ARG001 - who was there first
    """Return the id of another user."""
    return ada.register(**EVE).json()["user_id"]
