"""GET /auth/health/live and /auth/health/ready: for probes; details are an operator's."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.testing import headers_for
from jwt_auth_core import assemble
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import StoreUnavailableError
from tests.auth_app.suite.client import Client, problem
from tests.auth_app.world import down, settings
from tests.cheap import cheap_passwords

LOCAL = ("127.0.0.1", 4711)
LIVE, READY = "/auth/health/live", "/auth/health/ready"


def built(**changes):
    """Return an `Auth` whose stores are changed."""
    wanted = settings()
    stores = replace(assemble.stores(wanted), **changes)
    return Auth.from_settings(wanted, stores=stores, passwords=cheap_passwords())


def local(client):
    """Have a client come from this machine, and ask for it."""
    client.peer, client.origin = LOCAL, "http://localhost:8000"
    return client


@pytest.mark.parametrize("path", [LIVE, READY])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_is_answered_by_status_alone(client, path, method):
    """200 without any token, and no word of what is behind it."""
    answer = client.send(method, path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert method == "HEAD" or answer.json() == {"status": "pass"}


@pytest.mark.parametrize("path", [LIVE, READY])
@pytest.mark.parametrize("token", ["x.y.z", "", "jak_" + "0" * 36])
def test_no_token_turns_a_probe_red(app_factory, world, path, token):
    """Behind a middleware that refuses strangers, and with whatever a probe sends along."""
    client = Client(BearerMiddleware(app_factory(world.auth), world.auth, public=()))
    assert client.get(path).status_code == 200
    answer = client.get(path, headers=[("authorization", f"Bearer {token}")] * 2)
    assert (answer.status_code, answer.json()) == (200, {"status": "pass"})


def test_an_operator_sees_the_details(client, world):
    """With the scope ``auth:admin``, a user as well as a client of services."""
    for kind in ("user", "client"):
        headers = headers_for(world.auth, subject="ops", scopes={"auth:admin"}, kind=kind)
        told = client.get(READY, headers=headers).json()
        assert told["status"] == "pass"
        assert set(told["checks"]) == {"database", "migrations", *world.auth.health()}
        assert client.get(LIVE, headers=headers).json() == {"status": "pass", "process_id": os.getpid()}


def test_another_scope_sees_no_details(client, world):
    """Nor does a token that was revoked."""
    assert set(client.get(READY, headers=headers_for(world.auth, scopes={"auth:read"})).json()) == {"status"}
    headers = headers_for(world.auth, subject="ops", scopes={"auth:admin"})
    world.auth.revocations.revoke_user("ops", before=world.now + 1)
    assert set(client.get(READY, headers=headers).json()) == {"status"}


def test_who_is_on_this_machine_sees_the_details(client):
    """Without any token."""
    assert local(client).get(READY).json()["checks"]["database"] == {"status": "pass"}


@pytest.mark.parametrize("path", [LIVE, READY])
def test_probes_are_not_limited(client, path):
    """A hundred in a row are answered, whatever the address has left."""
    assert {client.get(path).status_code for _ in range(100)} == {200}


def test_a_store_out_of_reach_is_red(app_factory):
    """503 with Retry-After; the details name which and why; the process lives."""
    auth = built(others={"redis": down})
    client = Client(app_factory(auth))
    answer = client.get(READY)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (
        503,
        "1",
        {"status": "fail"},
    )
    told = local(client).get(READY).json()["checks"]["redis"]
    assert told == {
        "status": "fail",
        "code": "store_unavailable",
        "detail": str(StoreUnavailableError("redis")),
    }
    assert client.get(LIVE).status_code == 200
    auth.close()


def test_a_pending_migration_is_red_and_said(app_factory, world):
    """A worker of a later version than its tables waits for them."""
    world.stores.database.query("DELETE FROM auth_migrations WHERE name = %s", ("0001_users",))
    answer = local(Client(app_factory(world.auth))).get(READY)
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == {"status": "fail", "pending": ["0001_users"]}


def test_limits_that_count_alone_are_a_warning(app_factory, monkeypatch, world):
    """Requests are served, and somebody should look."""
    monkeypatch.setattr(
        type(world.auth.rate_limits), "health", lambda _: {"shared": False, "down_seconds": 3}
    )
    answer = local(Client(app_factory(world.auth))).get(READY)
    assert (answer.status_code, answer.json()["status"]) == (200, "warn")
    assert answer.json()["checks"]["rate_limits"]["down_seconds"] == 3


def test_the_document_says_both(client):
    """The answers are those of the OpenAPI document, which asks for no token."""
    paths = client.get("/auth/openapi.json").json()
    for path in ("/health/live", "/health/ready"):
        found = next(one for name, one in paths["paths"].items() if name.endswith(path))["get"]
        assert found["security"] == []
        assert {"200", "503"} <= set(found["responses"])


def test_settings_that_make_nothing_are_a_problem(app_factory, monkeypatch):
    """Where the environment makes no `Auth`, both say so, as every route does."""
    monkeypatch.setenv("JWT_KEY", "short")
    assert problem(Client(app_factory(None)).get(READY)) == (503, "invalid_settings")
