"""The refresh cookie in both documents: under the name that the application gives it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import create_app
from jwt_auth_core import Auth, default
from jwt_auth_fastapi import auth_router
from tests.auth_app.world import KEY

LOGIN = {"email": "ada@example.com", "password": "a long and quiet river"}
ADA = {**LOGIN, "first_name": "Ada", "last_name": "Byron"}
NAMES = [
    ({}, "__Host-refresh_token"),
    ({"COOKIE_NAME": "shop"}, "__Host-shop"),
    ({"COOKIE_SECURE": "false"}, "refresh_token"),
    ({"COOKIE_NAME": "shop", "COOKIE_SECURE": "false"}, "shop"),
]


@pytest.fixture
def environment(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Empty the working directory, and let the environment name a key and a database."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}.items():
        monkeypatch.setenv(name, text)
    return monkeypatch


@pytest.fixture(params=["given", "left out"])
def make_auth(request):
    """Return what gives an application its `Auth`, or None where it is left to the environment."""
    made = []

    def make():
        if request.param == "left out":
            return None
        made.append(Auth.from_env())
        return made[0]

    yield make
    for auth in made:
        auth.close()


def on_starlette(auth):
    """Return the auth app as it is mounted, and where its document is."""
    return Starlette(routes=[Mount("/auth", create_app(auth))]), "/auth/openapi.json"


def on_fastapi(auth):
    """Return the router's application, and where its document is."""
    app = FastAPI()
    app.include_router(auth_router(auth))
    return app, "/openapi.json"


def shown(client, path):
    """Return the cookie as a document has it."""
    return client.get(path).json()["components"]["securitySchemes"]["RefreshCookie"]


@pytest.mark.parametrize(("settings", "name"), NAMES)
@pytest.mark.parametrize("build", [on_starlette, on_fastapi])
def test_the_cookie_has_its_name(build, settings, name, environment, make_auth):
    """The prefix and the name are those of the settings, and of the cookie that a login sets."""
    for variable, text in settings.items():
        environment.setenv(variable, text)
    app, path = build(make_auth())
    with TestClient(app, base_url="https://testserver") as client:
        assert shown(client, path) == {"type": "apiKey", "in": "cookie", "name": name}
        client.post("/auth/register", json=ADA)
        assert name in client.post("/auth/login", json=LOGIN).cookies


@pytest.mark.parametrize("build", [on_starlette, on_fastapi])
def test_the_name_is_asked_for_with_the_document(build, environment):
    """Where `auth` is left out, the settings are read no sooner, and from `.env` as well."""
    app, path = build(None)
    Path(".env").write_text("COOKIE_NAME=late\n")
    environment.setenv("COOKIE_SECURE", "false")
    assert shown(TestClient(app), path)["name"] == "late"


def test_the_given_auth_has_the_say(environment):
    """Whatever the environment calls the cookie."""
    auth = Auth.from_env()
    environment.setenv("COOKIE_NAME", "other")
    app, _ = on_fastapi(auth)
    assert app.openapi()["components"]["securitySchemes"]["RefreshCookie"]["name"] == "__Host-refresh_token"
    auth.close()


def test_a_document_needs_no_settings(environment):
    """Where they are at fault it is still made, with the default name: a build exports it without secrets."""
    environment.delenv("JWT_KEY")
    app, _ = on_fastapi(None)
    assert app.openapi()["components"]["securitySchemes"]["RefreshCookie"]["name"] == "__Host-refresh_token"


@pytest.mark.usefixtures("environment")
def test_the_document_makes_no_auth():
    """Nothing is opened for a name."""
    app, _ = on_fastapi(None)
    app.openapi()
    assert default.made() is None
