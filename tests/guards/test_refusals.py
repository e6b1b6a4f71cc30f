"""How a refusal is told: the problem document, unless the application answers for such exceptions itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi import HTTPException as FastapiHTTPException
from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.dto import DataclassDTO
from litestar.exceptions import HTTPException as LitestarHTTPException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_fastapi import CurrentUser
from tests.asgi.drive import bearer
from tests.guards.fetch import fetch


@require()
async def plain(_request: Any) -> PlainTextResponse:
    """Answer whoever has a token."""
    return PlainTextResponse("plain")


def ours(_connection: Any, error: Any) -> PlainTextResponse:
    """Answer as the application does for all errors."""
    return PlainTextResponse("ours", error.status_code, error.headers)


def told(app: Any, tokens: Any, path: str = "/") -> str:
    """Return by what nobody is refused."""
    refused = fetch(BearerMiddleware(app, tokens), path)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
    return refused.text if refused.text == "ours" else refused.headers["content-type"]


@pytest.mark.parametrize("kind", [HTTPException, 401])
def test_starlettes_own_handler_answers(tokens, kind):
    """Of the class or of the status; of another class it does not."""
    routes = [Route("/", plain)]
    assert told(Starlette(routes=routes, exception_handlers={kind: ours}), tokens) == "ours"
    other = Starlette(routes=routes, exception_handlers={KeyError: ours})
    assert told(other, tokens) == "application/problem+json"


def test_a_mounted_application_answers_by_its_own(tokens):
    """Whatever the one around it has."""
    inner = Starlette(routes=[Route("/", plain)])
    outer = Starlette(routes=[Mount("/in", inner)], exception_handlers={HTTPException: ours})
    assert told(outer, tokens, "/in/") == "application/problem+json"


def test_a_router_without_an_application_raises(tokens):
    """Nobody is there who could answer."""
    with pytest.raises(HTTPException) as caught:
        fetch(BearerMiddleware(Router(routes=[Route("/", plain)]), tokens), "/")
    assert caught.value.status_code == 401


@dataclass
class Note:
    """What a route returns."""

    text: str


@require()
def guarded() -> str:
    """Stand for what a route depends on."""
    return "let in"


def fastapi(**options: Any) -> FastAPI:
    """Return an application that guards by dependencies, and by a guarded one."""
    app = FastAPI(**options)

    @app.get("/user")
    async def user(user: CurrentUser) -> str:
        return user.identity

    @app.get("/required")
    @require()
    def required() -> str:
        return "let in"

    @app.get("/guarded")
    async def route(value: Annotated[str, Depends(guarded)]) -> str:
        return value

    return app


@pytest.mark.parametrize("path", ["/user", "/guarded", "/required"])
def test_a_dependency_of_fastapi_is_told_so_too(tokens, path):
    """It ends the request: what a guarded function returns is not the answer."""
    assert told(fastapi(), tokens, path) == "application/problem+json"
    assert told(fastapi(exception_handlers={HTTPException: ours}), tokens, path) == "ours"
    app = BearerMiddleware(fastapi(), tokens)
    assert fetch(app, path, bearer(tokens.issue(subject="42"))).status_code == 200


@pytest.mark.parametrize("path", ["/user", "/guarded", "/required"])
@pytest.mark.parametrize("kind", [FastapiHTTPException, HTTPException, 401])
def test_fastapis_own_handler_answers(tokens, kind, path):
    """Of its subclass, of Starlette's class or of the status, whatever guards the route."""
    app = fastapi()
    app.exception_handler(kind)(ours)
    assert told(app, tokens, path) == "ours"


def litestar(**options: Any) -> Litestar:
    """Return an application that guards a handler, and a dependency of another."""

    @require()
    async def guarded() -> str:
        return "let in"

    @get("/", sync_to_thread=False)
    @require()
    def route() -> str:
        return "let in"

    @get("/guarded", dependencies={"value": Provide(guarded)})
    async def depending(value: NamedDependency[str]) -> str:
        return value

    return Litestar([route, depending], openapi_config=None, logging_config=None, **options)


@pytest.mark.parametrize("kind", [LitestarHTTPException, 401])
def test_litestars_own_handler_answers(tokens, kind):
    """The problem document is for applications that have none."""

    def answer(_request: Any, error: LitestarHTTPException) -> Response[str]:
        return Response("ours", status_code=401, headers=error.headers, media_type="text/plain")

    assert told(litestar(exception_handlers={kind: answer}), tokens) == "ours"
    assert told(litestar(), tokens) == "application/problem+json"


def test_a_dependency_of_litestar_ends_the_request(tokens):
    """By its exception: what it returned would be a value like any other."""
    assert told(litestar(), tokens, "/guarded").startswith("text/plain")


def visited(response: Response[Any]) -> Response[Any]:
    """Do something to what endpoints return."""
    response.headers["visited"] = "yes"
    return response


@pytest.mark.parametrize(
    "options",
    [
        {"after_request": visited},
        {"response_headers": {"visited": "yes"}},
        {"response_cookies": {"visited": "yes"}},
        {"cache": 60},
        {"return_dto": DataclassDTO[Note]},
    ],
)
def test_what_litestar_does_to_answers_is_not_done_to_refusals(tokens, options):
    """They end by its exception, as its own do."""

    @get("/", sync_to_thread=False, **options)
    @require()
    def route() -> Note:
        return Note("let in")

    app = Litestar([route], openapi_config=None, logging_config=None)
    refused = fetch(BearerMiddleware(app, tokens), "/")
    assert (refused.status_code, "visited" in str(refused.headers)) == (401, False)
    assert refused.headers["www-authenticate"].startswith("Bearer ")
