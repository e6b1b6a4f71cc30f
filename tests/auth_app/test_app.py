"""The Starlette application around the routes: unknown paths, mounting, start-up and shutdown."""

from __future__ import annotations

import asyncio
import gc
import threading
import traceback
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from jwt_auth_asgi.app.auth_app import create_app, create_standalone
from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_core import default
from jwt_auth_core.errors import MissingTableError, StoreUnavailableError
from tests.auth_app.suite.client import ADA, LOGIN, PASSWORD, Client, problem
from tests.auth_app.world import KEY, World, settings


@pytest.fixture
def embedded(monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Let the environment name a database, and no `Auth` be made before."""
    monkeypatch.setenv("DATABASE_URL", "sqlite://")


async def lifespan(app):
    """Start and stop an application as a server does; return what it said."""
    waiting = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    said = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        said.append(message)

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
    return [message["type"] for message in said]


def our_threads():
    """Return the worker threads that run now; those of the Auth itself end with it."""
    names = tuple(f"jwt-auth-{crew}-" for crew in ("hash", "refresh", "store"))
    return {thread for thread in threading.enumerate() if thread.name.startswith(names)}


PREFIXES = {  # how the server and the application are set up: the path, root_path, mount
    "application": ("/auth", "/api", None),
    "server": ("/api/auth", "/api", None),
    "mount": ("/auth", "/api", "/auth"),
    "mount, whole path": ("/api/auth", "/api", "/auth"),
    "nothing": ("/auth", "", "/auth"),
}


@pytest.mark.parametrize(("path", "root", "mount"), PREFIXES.values(), ids=PREFIXES)
def test_documents_keep_the_root_path(world, path, root, mount):
    """Whoever takes it off the path, and whether the auth app is mounted: clients need it."""
    app = Starlette(routes=[Mount(mount, create_app(world.auth))]) if mount else create_standalone(world.auth)

    async def at_root(scope, receive, send):
        await app({**scope, "root_path": root}, receive, send)

    client = Client(at_root, origin="http://localhost")
    document = client.get(path + "/openapi.json").json()
    assert document["servers"] == [{"url": f"{root}/auth"}]
    told = client.get(path + "/.well-known/oauth-authorization-server").json()
    assert told["token_endpoint"].endswith(f"{root}/auth/token")
    assert told["token_endpoint"].count("/auth") == 1


@pytest.mark.parametrize("path", ["/nothing", "/login/", "/LOGIN", "//login", "/", "/login/x", "/auth/login"])
def test_an_unknown_path_is_a_problem(world, path):
    """Only the exact paths are routes; a slash too many is no redirect."""
    answer = Client(create_app(world.auth)).post(path, json=LOGIN)
    assert problem(answer) == (404, "not_found")
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_method_is_a_problem(world):
    """405 says in Allow and in words what is right."""
    answer = Client(create_app(world.auth)).get("/login")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    assert answer.headers["cache-control"] == "no-store"


async def test_an_unforeseen_error_is_a_problem(world):
    """A fault of ours tells the client nothing, and reaches the server's log."""

    def fault(*_arguments):
        raise LookupError("a detail")

    async with Client(create_app(replace(world.auth, login=fault))).session() as client:
        client._transport.raise_app_exceptions = False
        answer = await client.post("/login", json=LOGIN)
    assert problem(answer) == (503, "auth_error")
    assert "detail" not in answer.json()["detail"]


def secrets_in(error, *secrets):
    """Return where a traceback's own variables show a secret, as error trackers print them."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if "jwt_auth_" in frame.f_code.co_filename]
    assert len(ours) > 2
    shown = [(frame.f_code.co_name, repr(frame.f_locals)) for frame in ours]
    return [name for name, text in shown for secret in secrets if secret in text]


@pytest.mark.parametrize("flow", ["login", "register"])
def test_an_unforeseen_error_shows_no_password(world, flow):
    """The variables of every frame of ours, as an error tracker would send them, hold no password."""
    # LOG-1

    class Faulty:
        parse = world.auth.register.parse

        def __call__(self, *_arguments, **_named):
            raise LookupError

        in_browser = __call__

    client = Client(create_app(replace(world.auth, **{flow: Faulty()})))
    with pytest.raises(LookupError) as caught:
        client.post(f"/{flow}", json=ADA)
    assert secrets_in(caught.value, PASSWORD) == []


@pytest.mark.parametrize("prefix", ["", "/auth", "/api/v1/auth"])
def test_it_works_wherever_it_is_mounted(world, prefix):
    """Mounted at any depth, or not at all, the routes and the document fit."""
    app = create_app(world.auth)
    for part in reversed(prefix.split("/")[1:]):
        app = Starlette(routes=[Mount(f"/{part}", app)])
    client = Client(app)
    assert client.post(f"{prefix}/login", json=LOGIN).status_code == 401
    assert client.get(f"{prefix}/openapi.json").json()["servers"] == [{"url": prefix or "/"}]


def test_standalone_has_the_prefix(world):
    """`jwt-auth serve` without an application serves the routes under /auth."""
    client = Client(create_standalone(world.auth))
    assert client.register().status_code == 201
    assert client.get("/auth/openapi.json").json()["servers"] == [{"url": "/auth"}]
    assert problem(client.get("/login")) == (404, "not_found")


@pytest.mark.parametrize("make", [create_app, create_standalone])
async def test_start_up_checks_and_shutdown_closes(world, make):
    """Served alone, the stores are checked before, and closed with the threads after."""  # F-27
    done = []
    auth = replace(world.auth, check=lambda: done.append("check"), close=lambda: done.append("close"))
    before = our_threads()
    assert await lifespan(make(auth)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert done == ["check", "close"]
    assert our_threads() <= before


@pytest.mark.parametrize(
    "error", [MissingTableError("users"), StoreUnavailableError("redis", "refuses us", is_passing=False)]
)
async def test_a_failing_check_stops_start_up(world, error):
    """The application does not start on a store that somebody has to mend."""  # F-27

    def check():
        raise error

    closed = []
    app = create_app(replace(world.auth, check=check, close=lambda: closed.append(1)))
    with pytest.raises(type(error)):
        await lifespan(app)
    assert closed == [1]


async def test_a_store_out_of_reach_does_not_stop_start_up(world):
    """It is asked again until it is there."""  # F-27
    asked = threading.Semaphore(0)

    def check():
        asked.release()
        raise StoreUnavailableError("postgresql")

    source = ServiceSource(replace(world.auth, check=check))
    async with source.hosted():
        for _ in range(3):
            assert await asyncio.to_thread(asked.acquire, timeout=60)


@pytest.mark.usefixtures("embedded")
def test_the_environment_is_read_at_the_first_request(monkeypatch):
    """Without an Auth nothing is read until somebody asks; then it is made once."""
    client = Client(create_app())
    monkeypatch.setenv("JWT_KEY", KEY)
    assert default.made() is None
    assert client.post("/login", json=LOGIN).status_code == 401
    made = default.made()
    assert client.post("/login", json=LOGIN).status_code == 401
    assert made is not None
    assert default.made() is made


@pytest.mark.usefixtures("embedded")
def test_a_wrong_environment_is_unavailable(monkeypatch, caplog):
    """503 to the client, the variable's name to the operator; corrected, it works."""
    monkeypatch.delenv("JWT_KEY", raising=False)
    client = Client(create_app())
    answer = client.post("/login", json=LOGIN)
    assert problem(answer) == (503, "invalid_settings")
    assert "JWT_KEY" not in answer.text
    assert "JWT_KEY is required" in caplog.text
    monkeypatch.setenv("JWT_KEY", KEY)
    assert client.post("/login", json=LOGIN).status_code == 401


@pytest.mark.usefixtures("embedded")
async def test_a_wrong_environment_stops_start_up(monkeypatch):
    """Served alone, a bad setting is heard of at once, and closing what was not made is harmless."""
    monkeypatch.delenv("JWT_KEY", raising=False)
    with pytest.raises(Exception, match="JWT_KEY is required"):
        await lifespan(create_app())


@pytest.mark.usefixtures("embedded")
async def test_many_first_requests_make_one_service(monkeypatch):
    """Requests that race for the first use share what the first one made."""
    monkeypatch.setenv("JWT_KEY", KEY)
    source = ServiceSource()

    services = await asyncio.gather(*(source.get() for _ in range(10)))
    async with source.running():
        found = services
    assert len({id(service) for service in found}) == 1


def test_making_an_app_starts_nothing(world):
    """No thread runs before the first request that needs one."""
    before = our_threads()
    client = Client(create_app(world.auth))
    client.get("/openapi.json")
    assert our_threads() <= before


def test_routes_keep_their_service(world):
    """Whoever takes the routes out of the application has what they need."""
    app = Starlette(routes=create_app(world.auth).routes)
    gc.collect()
    assert Client(app).send("POST", "/register", json=ADA).status_code == 201


def test_a_route_without_its_application_is_unavailable(world):
    """A handler that somebody kept longer than the service says so: try later, somewhere else."""
    source = ServiceSource(world.auth)
    handler = next(one.handler for one in endpoints(source) if one.name == "me")
    del source
    gc.collect()
    answer = Client(Starlette(routes=[Route("/me", handler)])).send("GET", "/me")
    assert problem(answer) == (503, "unavailable")


@pytest.mark.filterwarnings("ignore:Using `httpx` with")
@pytest.mark.parametrize(
    ("origin", "variables", "status"),
    [
        ("http://testserver", {}, 401),
        ("https://testserver", {}, 200),
        ("http://testserver", {"COOKIE_SECURE": "false"}, 200),
    ],
)
def test_a_test_client_sends_the_cookie_over_https(origin, variables, status):
    """As docs/auth-app.md tells whoever tests an application of Starlette's."""
    from starlette.testclient import TestClient  # noqa: PLC0415 - warns

    world = World(settings(**variables))
    client = TestClient(create_app(world.auth), base_url=origin)
    client.post("/register", json=ADA)
    client.post("/login", json=LOGIN)
    assert client.post("/refresh").status_code == status
    world.close()
