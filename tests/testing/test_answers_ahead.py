"""What a route is made of may answer before its guard is asked: then that is tried as well."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from litestar import Litestar, Request, get
from litestar.connection import ASGIConnection
from starlette.endpoints import HTTPEndpoint
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_asgi.testing.examination import examine
from jwt_auth_fastapi import CurrentUser
from tests.testing.apps.parts import app_of, tokens


@require()
async def guarded(_request: Any) -> PlainTextResponse:
    return PlainTextResponse("a secret")


def said(app, **options):
    """Return what an examination says of each route of an application."""
    return {
        f"{one.route.method} {one.route.path}": (one.state, one.note)
        for one in examine(app, tokens, **options).findings
    }


def by_fastapi(kind):
    """Return an application whose router makes routes of a kind."""
    router = APIRouter(route_class=kind)

    @router.get("/notes")
    @router.post("/notes")
    def notes(_user: CurrentUser) -> str:
        return "a secret"

    app = FastAPI(openapi_url=None)
    app.add_middleware(BearerMiddleware, auth=tokens)
    app.include_router(router)
    return app


class Answering(APIRoute):
    """A route that answers by itself, as one does that remembers answers."""

    def get_route_handler(self):
        async def handler(_request):
            return JSONResponse("a secret")

        return handler


class Noting(APIRoute):
    """A route that asks its guard as others do."""

    def get_route_handler(self):
        inner = super().get_route_handler()

        async def handler(request):
            return await inner(request)

        return handler


def test_a_kind_of_route_that_answers_by_itself_is_open():
    """The guard among its dependencies is never asked. By other methods nobody calls it unless told."""
    found = said(by_fastapi(Answering))
    assert found["GET /notes"] == ("open", "Answering.get_route_handler answers before CurrentUser is asked")
    assert found["POST /notes"] == (
        "unknown",
        "Answering.get_route_handler may answer before CurrentUser is asked",
    )
    assert said(by_fastapi(Answering), call={"GET", "POST"})["POST /notes"][0] == "open"


def test_a_kind_of_route_that_asks_its_guard_is_guarded():
    """It was called without credentials, and did not serve."""
    assert said(by_fastapi(Noting), call={"GET", "POST"}) == {
        "GET /notes": ("guarded", ""),
        "POST /notes": ("guarded", ""),
    }


def test_a_route_of_starlettes_that_answers_by_itself_is_open():
    """By its method `handle`."""

    class Handling(Route):
        async def handle(self, scope, receive, send):
            await PlainTextResponse("a secret")(scope, receive, send)

    assert said(app_of(Handling("/notes", guarded)))["GET /notes"][0] == "open"


def test_a_class_that_dispatches_by_itself_may_ask_no_guard():
    """A guard on one of its methods is asked where that method is called."""

    class Dispatching(HTTPEndpoint):
        async def dispatch(self):
            await PlainTextResponse("a secret")(self.scope, self.receive, self.send)

        @require()
        async def get(self, request):
            """Never called."""

    assert said(app_of(Route("/notes", Dispatching)))["GET /notes"][0] == "open"
    assert said(app_of(Route("/notes", require()(Dispatching))))["GET /notes"][0] == "guarded"


def test_a_callable_of_no_framework_answers_all_methods_by_itself():
    """A method of its own that is guarded says nothing."""

    class Bare:
        async def __call__(self, scope, receive, send):
            await PlainTextResponse("a secret")(scope, receive, send)

        @require()
        async def get(self, request):
            """Never called."""

    assert said(app_of(Route("/notes", Bare(), methods=["GET"])))["GET /notes"][0] == "open"


def serving(_request: Request[Any, Any, Any]) -> str:
    """Answer in the place of an endpoint, as Litestar lets a hook do."""
    return "a secret"


def passing(_request: Request[Any, Any, Any]) -> None:
    """Leave the answer to the endpoint."""


@require()
async def listed(_connection: ASGIConnection[Any, Any, Any, Any], _handler: Any) -> None:
    """Guard as Litestar has it: before its hooks."""


@require()
async def inside(request: Request[Any, Any, Any]) -> str:
    return "a secret"


async def plain() -> str:
    return "a secret"


CASES = [
    ({"before_request": serving}, inside, "open"),
    ({"before_request": passing}, inside, "guarded"),
    ({"before_request": serving, "guards": [listed]}, plain, "guarded"),
]


@pytest.mark.parametrize(("options", "endpoint", "state"), CASES)
def test_a_hook_of_litestars_may_answer_before_the_endpoint(options, endpoint, state):
    """And after its guards."""
    app = Litestar([get("/", **options)(endpoint)], openapi_config=None, logging_config=None)
    assert said(BearerMiddleware(app, tokens))["GET /"][0] == state


def test_a_rule_of_the_middleware_comes_before_all_of_it():
    """There is nothing to try."""
    app = Litestar([get("/", before_request=serving)(inside)], openapi_config=None, logging_config=None)
    assert said(BearerMiddleware(app, tokens, rules=[("/", "authenticated")]))["GET /"][0] == "guarded"
