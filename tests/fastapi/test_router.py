"""The router inside a FastAPI application; what its routes answer is the auth app's own suite."""

from __future__ import annotations

import asyncio
import gc
import runpy
import sys
import threading
import weakref
from dataclasses import replace

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.features.service import Service
from jwt_auth_core.errors import MissingDriverError, MissingTableError
from jwt_auth_fastapi import CurrentUser, auth_router, dependencies
from tests.auth_app.suite.client import ADA, LOGIN, Client, problem
from tests.auth_app.world import KEY, World


@pytest.fixture
def world():
    """Return an empty world."""
    world = World()
    yield world
    world.close()


def application(auth=None, **options):
    """Return a FastAPI application with the router and one route of its own."""
    app = FastAPI()
    app.include_router(auth_router(auth, **options))

    @app.get("/questions/topics")
    async def topics(user: CurrentUser) -> str:
        return user.identity

    return app


async def started(app, meanwhile=None):
    """Start the application, wait for something if asked to, and shut the application down."""
    async with app.router.lifespan_context(app):
        return await meanwhile if meanwhile else None


def our_threads():
    """Return the worker threads that run now."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("jwt-auth-")}


def test_a_token_from_login_opens_a_route(world):
    """Register, log in, call: the router and the dependency fit together."""
    client = Client(BearerMiddleware(application(world.auth), world.auth))
    user = client.register().json()
    headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    assert client.get("/questions/topics", headers=headers).json() == user["user_id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"), [("GET", "/login", "POST"), ("POST", "/me", "DELETE, GET, HEAD, PATCH")]
)
def test_a_wrong_method_is_a_problem(world, method, path, allow):
    """405 reads as on the auth app, not as on the application around it."""  # CK-05
    answer = Client(application(world.auth)).send(method, "/auth" + path)
    assert problem(answer) == (405, "method_not_allowed")
    assert (answer.headers["allow"], answer.headers["cache-control"]) == (allow, "no-store")


@pytest.mark.parametrize(
    "path", ["/login/", "/token/", "/sessions/revoke-others/", f"/sessions/{'0' * 32}/", "/openapi.json/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_slash_behind_a_route_is_no_redirect(world, method, path):
    """A redirect would have the credentials sent again, perhaps elsewhere; it is no route."""
    client = Client(application(world.auth, prefix="/account"))
    assert problem(client.send(method, "/account" + path)) == (404, "not_found")


def test_other_paths_below_the_prefix_are_the_applications(world):
    """With a slash or without, its own routes answer and redirect as it has them."""
    app = application(world.auth)
    app.add_api_route("/auth/more/", lambda: "more")
    client = Client(app)
    assert client.get("/auth/more/").json() == "more"
    assert client.get("/auth/more").status_code == 307
    assert client.get("/auth/none/").json() == {"detail": "Not Found"}


def test_head_is_answered_where_get_is(world):
    """HEAD asks for the status of a GET route."""  # ASGI-10
    answer = Client(application(world.auth)).send("HEAD", "/auth/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="jwt-auth"')


def test_an_unknown_path_is_the_applications(world):
    """What the router does not know is answered as the application answers elsewhere."""
    assert Client(application(world.auth)).get("/auth/nothing").json() == {"detail": "Not Found"}


def test_the_prefix_may_be_another(world):
    """The routes move as a whole."""
    client = Client(application(world.auth, prefix="/api/v1/account"))
    assert client.post("/api/v1/account/register", json=ADA).status_code == 201
    assert client.post("/auth/register", json=ADA).status_code == 404


def test_a_dependency_around_the_router_runs(world):
    """What an application puts before every included route is not skipped."""

    async def closed() -> None:
        raise HTTPException(418)

    app = FastAPI()
    app.include_router(auth_router(world.auth), dependencies=[Depends(closed)])
    assert Client(app).login().status_code == 418


async def test_start_up_checks_and_shutdown_leaves_open(world):
    """The stores are looked at first; they are the application's own to close."""  # F-27
    done = []
    auth = replace(world.auth, check=lambda: done.append("check"), close=lambda: done.append("close"))
    await started(application(auth))
    assert done == ["check"]


async def test_shutdown_ends_the_threads(world):
    """Nothing of the router runs on afterwards; what an open `Auth` does in the background is its own."""
    world.auth.check()
    world.auth.revocations.start()
    before = our_threads()
    app = application(world.auth)
    await started(app, Client(app)._send("POST", "/auth/register", {"json": ADA}))
    assert our_threads() <= before


def test_an_application_may_start_again(world):
    """As test clients do it: one application, started and stopped for each test."""
    app = application(world.auth)
    answers = [
        asyncio.run(started(app, Client(app)._send("POST", "/auth/register", {"json": ADA})))
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]


async def test_a_failing_check_stops_start_up(world):
    """The application does not start on stores that are not ready."""  # F-27

    def check():
        raise MissingTableError("users")

    with pytest.raises(MissingTableError, match="run: jwt-auth migrate"):
        await started(application(replace(world.auth, check=check)))


@pytest.mark.usefixtures("no_default")
def test_the_environment_serves_without_an_auth(monkeypatch):
    """app.include_router(auth_router()) is the original's line; the environment is read at first use."""
    app = application()
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    assert problem(Client(app).post("/auth/login", json=LOGIN)) == (401, "invalid_credentials")


def test_a_missing_fastapi_is_one_sentence(monkeypatch):
    """Without fastapi the import fails with the line that installs it."""
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[fastapi\]'"):
        runpy.run_path(dependencies.__file__)


@pytest.mark.parametrize("host", [FastAPI, APIRouter])
def test_a_router_that_was_not_called_says_so(host):
    """The original's line, which has no parentheses, ends in the one that has."""
    with pytest.raises(TypeError, match=r"app\.include_router\(auth_router\(\)\)"):
        host().include_router(auth_router)
    assert not hasattr(auth_router, "anything_else")


def test_a_dropped_application_is_gone(world):
    """FastAPI remembers handlers, and through them nothing of the service."""
    app = application(world.auth)
    Client(app).register()
    kept = [thing for thing in gc.get_objects() if type(thing) is Service and thing.auth is world.auth]
    gone = weakref.ref(kept.pop())
    del app
    gc.collect()
    assert gone() is None


def test_a_route_alone_keeps_its_service(world):
    """Whoever takes single routes out of the router has what they need."""
    app = FastAPI()
    app.router.routes += [one for one in auth_router(world.auth).routes if one.path == "/auth/register"]
    gc.collect()
    assert Client(app).register().status_code == 201
