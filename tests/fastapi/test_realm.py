"""One realm in one application, whoever refuses: middleware, routes, dependencies, a websocket's denial."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import WebSocketDenialResponse

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import Auth
from jwt_auth_fastapi import CurrentUser, auth_router, decode_access_token, require_scopes

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
CLIENT = "a secret of one client - forty-odd bytes long"
FORGED = {"authorization": "Bearer a.b.c"}
REALM = re.compile(r'(?:Bearer|Basic) realm="([^"]*)"')


@pytest.fixture
def environment(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Return the variables of an application with a name of its own, in the environment as well."""
    monkeypatch.chdir(tmp_path)
    variables = {
        "JWT_KEY": KEY,
        "SERVICE_NAME": "shop",
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        "OAUTH_CLIENTS": f"billing:{CLIENT}",
    }
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    return variables


@pytest.fixture(params=["given", "left out"])
def auth(request, environment):
    """Return the `Auth`, or None where the application leaves it to the environment."""
    if request.param == "given":
        made = Auth.from_env(environment)
        yield made
        made.close()
    else:
        yield None


def on_starlette(auth: Auth | None, **options: Any) -> Any:
    """Return the auth app, mounted behind the middleware."""
    return BearerMiddleware(Starlette(routes=[Mount("/auth", create_app(auth))]), auth, **options)


def on_fastapi(auth: Auth | None, **options: Any) -> Any:
    """Return the router behind the middleware, with routes that ask for the caller."""
    app = FastAPI()
    app.include_router(auth_router(auth))
    app.add_middleware(BearerMiddleware, auth=auth, **options)

    @app.get("/current")
    async def current(user: CurrentUser) -> None: ...

    @app.get("/scoped")
    async def scoped(user: Annotated[object, Depends(require_scopes("x"))]) -> None: ...

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: CurrentUser) -> None: ...

    return app


def realms(client: TestClient, *paths: str) -> set[str]:
    """Return the realms of all refusals: anonymous and forged, at routes of ours and of the application."""
    answers = [client.get(path, headers=headers) for path in paths for headers in ({}, FORGED)]
    answers += [
        client.post("/auth/login", json={"email": "a@example.com", "password": "a long wrong password"}),
        client.post("/auth/refresh", json={"refresh_token": "x"}),
        client.post("/auth/introspect", data={"token": "x"}),
        client.post("/auth/token", data={"grant_type": "password", "client_id": "billing"}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    return {realm for answer in answers for realm in REALM.findall(answer.headers["www-authenticate"])}


def denied(client: TestClient, path: str) -> str:
    """Return the challenge of a websocket's refusal."""
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect(path):
        pass
    return caught.value.headers["www-authenticate"]


@pytest.mark.parametrize(("options", "realm"), [({}, "shop"), ({"realm": "other"}, "other")])
@pytest.mark.parametrize("build", [on_starlette, on_fastapi])
def test_one_realm_whoever_refuses(build, auth, options, realm):
    """Every refusal over http names the realm of the middleware, which is the service's unless it is told."""
    with TestClient(build(auth, **options)) as client:
        paths = ["/auth/me", "/auth/sessions", *(["/current", "/scoped"] if build is on_fastapi else [])]
        assert realms(client, *paths) == {realm}


@pytest.mark.parametrize(("options", "realm"), [({}, "shop"), ({"realm": "other"}, "other")])
def test_a_websocket_is_refused_with_the_same_realm(auth, options, realm):
    """By a dependency, and by the middleware itself."""
    with TestClient(on_fastapi(auth, **options)) as client:
        assert denied(client, "/socket") == f'Bearer realm="{realm}"'
    with TestClient(on_fastapi(auth, public=set(), **options)) as client:
        assert denied(client, "/socket") == f'Bearer realm="{realm}"'


def test_without_the_middleware_the_service_is_named(auth):
    """The auth app alone, and the helper that verifies with the environment's settings."""
    with TestClient(Starlette(routes=[Mount("/auth", create_app(auth))])) as client:
        assert realms(client, "/auth/me") == {"shop"}


@pytest.mark.usefixtures("environment")
def test_the_documented_helper_names_the_service():
    """`decode_access_token` has the settings of the environment, and their name."""
    with pytest.raises(HTTPException) as caught:
        decode_access_token("a.b.c")
    assert 'realm="shop"' in caught.value.headers["www-authenticate"]


@pytest.mark.usefixtures("environment")
def test_settings_at_fault_leave_a_realm(monkeypatch):
    """A refusal without them still has one: whoever needs the settings says what is wrong."""
    monkeypatch.setenv("JWT_KEY", "short")
    answer = TestClient(BearerMiddleware(Starlette(), public=set())).get("/")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
