"""Whom the admin's API is for: an admin by a login of lately, and nobody else."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import FEATURE
from tests.auth_app.suite.admin.people import EVE, NOBODY, USERS, bearer, log_in
from tests.auth_app.suite.client import problem

OTHERS = ("key_id", "client_id", "message_id")
FILLED = {"user_id": NOBODY, "role": "editor", "session_id": "0" * 32, **dict.fromkeys(OTHERS, "none")}
OPEN = (paths.ADMIN_IMPERSONATION, paths.ADMIN_END_IMPERSONATION)
"""Whoever acts may see and end that, and has not the scope."""
ROUTES = [
    (route.at.method, "/auth" + route.at.path.format(**FILLED))
    for route in FEATURE.routes
    if route.at not in OPEN
]


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_is_refused(ada, route):
    """Whoever is not logged in is asked to."""
    method, path = route
    assert problem(ada.send(method, path, json=EVE)) == (401, "not_authenticated")


@pytest.mark.parametrize("route", ROUTES)
def test_a_user_is_refused(ada, eve, route):  # noqa: ARG001 - who is there
    """Without the scope; nobody learns who is there."""
    method, path = route
    theirs = bearer(log_in(ada))
    assert problem(ada.send(method, path, json=EVE, headers=theirs)) == (403, "insufficient_scope")


@pytest.mark.parametrize("route", ROUTES)
def test_an_api_key_of_an_admin_opens_nothing(ada, mine, route):
    """It is no login."""
    method, path = route
    key = ada.post("/auth/api-keys", json={"name": "n", "scopes": ["auth:admin"]}, headers=mine).json()["key"]
    answer = ada.send(method, path, json=EVE, headers={"authorization": f"Bearer {key}"})
    assert problem(answer) == (403, "user_required")


@pytest.mark.parametrize("route", ROUTES)
def test_a_scope_that_is_gone_opens_nothing(ada, world, admin, mine, route):
    """The token still has it; the database decides."""
    method, path = route
    world.auth.end_user.set_scopes(admin, [])
    assert problem(ada.send(method, path, json=EVE, headers=mine)) == (403, "insufficient_scope")


@pytest.mark.parametrize("route", ROUTES)
def test_an_old_login_is_not_enough(ada, world, mine, route):
    """Changes want one of ten minutes, what reads one of an hour."""
    method, path = route
    world.auth.roles.define("editor", {"posts:*"})
    world.now += 601
    answer = ada.send(method, path, json=EVE, headers=mine)
    reads = method == "GET"
    assert answer.status_code in ((200, 404) if reads else (401,))
    if not reads:
        assert answer.json()["max_age"] == 600


def test_reading_wants_a_login_of_the_last_hour(ada, world, mine):
    """A refresh makes it no fresher; another login does."""
    world.now += 3601
    late = bearer(ada.refresh())
    answer = ada.get(USERS, headers=late)
    assert problem(answer) == (401, "insufficient_user_authentication")
    assert answer.json()["max_age"] == 3600
    assert ada.get(USERS, headers=bearer(ada.login())).status_code == 200
    assert mine != late
