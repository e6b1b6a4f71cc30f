"""Limits of a FastAPI application's own routes: by the decorator, and by the dependency."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.responses import PlainTextResponse

from jwt_auth_asgi import rate_limit
from jwt_auth_asgi.rate_limits.gate import CONNECTION
from jwt_auth_fastapi import rate_limit as limited_by
from tests.asgi.drive import get, refusal, shake
from tests.rate_limits.counting import HERE, THERE, Behind, counting, overloaded, statuses, user

once = limited_by("1/minute")
FORWARDED = "x-forwarded-for"


async def plain():
    """Answer without having looked at the request."""
    return {"said": "plain"}


def plain_sync(word: str = "sync"):
    """Answer from a thread, with a parameter of the query."""
    return {"said": word}


async def with_request(request: Request):
    """Answer by the request."""
    return {"said": request.url.path}


async def with_connection(connection: HTTPConnection):
    """Answer by what requests and websockets have in common."""
    return {"said": connection.url.path}


async def with_more(word: Annotated[str, Depends(lambda: "depends")]):
    """Answer with a response of its own, by a dependency."""
    return PlainTextResponse(word)


ROUTES = [plain, plain_sync, with_request, with_connection, with_more]


@pytest.fixture
def auth():
    """Return what counts, from the start."""
    return counting()


def served(auth, *routes, caller=None, **more):
    """Return an application of some routes, as behind a `BearerMiddleware`."""
    app = FastAPI(**more)
    for path, endpoint, options in routes:
        app.add_api_route(path, endpoint, **options)
    return Behind(app, auth) if caller is None else Behind(app, auth, caller)


@pytest.mark.parametrize("endpoint", ROUTES)
def test_a_decorated_function_is_limited(auth, endpoint):
    """With a request among its parameters or without, of both colours; the answer is FastAPI's."""
    app = served(auth, ("/", rate_limit("2/minute")(endpoint), {}))
    assert statuses(app, 3) == [200, 200, 429]
    assert statuses(app, 1, THERE) == [200]


@pytest.mark.parametrize("endpoint", ROUTES)
def test_a_decorated_function_keeps_its_parameters(endpoint):
    """The document shows those of the function, and nothing of the limit."""
    app = FastAPI()
    app.add_api_route("/", rate_limit("2/minute")(endpoint))
    bare = FastAPI()
    bare.add_api_route("/", endpoint)
    assert app.openapi() == bare.openapi()
    assert CONNECTION not in str(app.openapi())


def test_a_refusal_is_a_problem(auth):
    """As of any other route of ours."""
    app = served(auth, ("/", rate_limit("1/minute")(plain), {}))
    assert [get(app).json.get("code") for _ in range(2)] == [None, "rate_limited"]


@pytest.mark.parametrize("endpoint", ROUTES)
def test_a_dependency_limits_a_route(auth, endpoint):
    """Its refusal is a problem, with the headers of ours."""
    app = served(auth, ("/", endpoint, {"dependencies": [Depends(once)]}))
    served_one, refused = get(app), get(app)
    assert (served_one.status, refused.status) == (200, 429)
    assert refused.json == {
        "status": 429,
        "title": "Too Many Requests",
        "detail": "Too many requests; try again later",
        "code": "rate_limited",
    }
    name = f"tests.rate_limits.test_fastapi.{endpoint.__name__}"
    assert refused.headers["ratelimit-policy"] == f'"{name}";q=1;w=60'
    assert refused.headers["retry-after"] == "60"


def test_what_is_left_is_told(auth):
    """Where FastAPI makes the answer."""
    app = served(auth, ("/", plain, {"dependencies": [Depends(limited_by("3/minute", name="three"))]}))
    assert get(app).headers["ratelimit"] == '"three";r=2;t=20'


def test_routes_under_one_dependency_have_a_limit_each(auth):
    """That of a router is no budget which its routes share."""
    router = APIRouter(prefix="/below", dependencies=[Depends(once)])
    router.add_api_route("/a", plain)
    router.add_api_route("/b", plain_sync)
    app = FastAPI()
    app.include_router(router)
    seen = [get(Behind(app, auth), path).status for path in ("/below/a", "/below/b", "/below/a")]
    assert seen == [200, 200, 429]


def test_a_name_is_a_budget_that_routes_share(auth):
    """For those who want one."""
    shared = {"dependencies": [Depends(limited_by("1/minute", name="both"))]}
    app = served(auth, ("/a", plain, shared), ("/b", plain_sync, shared))
    assert [get(app, path).status for path in ("/a", "/b")] == [200, 429]


def test_a_dependency_counts_users(auth):
    """The same user has one limit at two addresses."""
    by_user = {"dependencies": [Depends(limited_by("1/minute", by="user"))]}
    app = served(auth, ("/", plain, by_user), caller=user("ada"))
    assert statuses(app, 1, HERE) + statuses(app, 1, THERE) == [200, 429]


LIMITED = {
    "decorator": lambda app, endpoint: app.add_api_websocket_route("/", rate_limit("1/minute")(endpoint)),
    "dependency": lambda app, endpoint: app.add_api_websocket_route(
        "/", endpoint, dependencies=[Depends(once)]
    ),
}


@pytest.mark.parametrize("form", LIMITED)
def test_a_websocket_is_refused_before_it_is_accepted(auth, form):
    """With 429 where the server can say it, else with a close."""

    async def talk(websocket: WebSocket):
        await websocket.accept()

    app = FastAPI()
    LIMITED[form](app, talk)
    assert shake(Behind(app, auth))[0]["type"] == "websocket.accept"
    refused = refusal(shake(Behind(app, auth)))
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    (closed,) = shake(Behind(app, auth), extensions={})
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)


def test_a_fault_is_answered_and_logged(caplog):
    """What is an operator's to mend is in the log, and the client hears when to come again."""
    seen = get(served(overloaded(), ("/", plain, {"dependencies": [Depends(once)]})))
    assert (seen.status, seen.headers["retry-after"]) == (503, "1")
    assert "too busy" in caplog.text


def test_what_is_wrong_is_said_where_it_is_written():
    """Not at the first request."""
    with pytest.raises(ValueError, match="must read like"):
        limited_by("ten a minute")
