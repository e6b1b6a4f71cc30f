"""Access tokens after the end of their session, at the auth app's own routes and behind the middleware."""

from __future__ import annotations

import httpx
import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.auth_app.suite.client import Client, problem
from tests.auth_app.world import KEY, World, settings


def wrapped(app, world, how):
    """Return the app alone, behind the middleware, or behind one that knows nothing of sessions."""
    if how == "behind access tokens":
        tokens = AccessTokens(KeyRing.from_secret(KEY), clock=lambda: world.now)
        return BearerMiddleware(app, tokens)
    return app if how == "alone" else BearerMiddleware(app, world.auth)


WAYS = ["alone", "behind the middleware", "behind access tokens"]


def bearer(login: httpx.Response) -> dict[str, str]:
    """Return the header that carries the access token of a login."""
    return {"authorization": f"Bearer {login.json()['access_token']}"}


@pytest.mark.parametrize("how", WAYS)
def test_after_a_logout_the_access_token_is_refused(app_factory, world, how):
    """At once, on every way to the route."""
    # RF-11
    client = Client(wrapped(app_factory(world.auth), world, how))
    client.register()
    headers = bearer(client.login())
    assert client.get("/auth/me", headers=headers).status_code == 200
    client.post("/auth/logout")
    answer = client.get("/auth/me", headers=headers)
    assert problem(answer) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("how", WAYS)
def test_always_asks_the_stores(app_factory, how):
    """A session that ended in the store alone is over; a store that is down is a 503, never a 200."""
    # RF-16
    world = World(settings(REVOCATION_CHECK="always"))
    client = Client(wrapped(app_factory(world.auth), world, how))
    client.register()
    login = client.login()
    assert client.get("/auth/me", headers=bearer(login)).status_code == 200
    world.stores.database.query("UPDATE auth_sessions SET ended_reason = 'x', ended_at = 1")
    assert problem(client.get("/auth/me", headers=bearer(login))) == (401, "token_invalid")
    world.stores.database.close()
    answer = client.get("/auth/me", headers=bearer(login))
    assert problem(answer) == (503, StoreUnavailableError.code)
    assert answer.headers["retry-after"] == "1"
    world.close()
