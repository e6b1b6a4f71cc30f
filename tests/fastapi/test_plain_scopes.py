"""Scopes of a plain `Security(...)`: in the list of the password flow, as those of `require`."""

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Security
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_fastapi import CurrentUser, current_user, schemes

TOKENS = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))


def reader(user: CurrentUser) -> str:
    """Return who calls: a dependency of the application's own."""
    return user.identity


inner = APIRouter(dependencies=[Security(current_user, scopes=["plain:router"])])


@inner.get("/route")
def route(_user: Annotated[object, Security(current_user, scopes=["plain:route"])]) -> None: ...


outer = APIRouter()
outer.include_router(inner, dependencies=[Security(current_user, scopes=["plain:included"])])
mounted = FastAPI()


@mounted.get("/below")
def below(_user: Annotated[object, Security(current_user, scopes=["plain:mounted"])]) -> None: ...


def make(**how):
    """Return an application with a route, a hidden one, a websocket, a router in a router and a mount."""
    app = FastAPI(**how)
    app.include_router(outer)
    app.mount("/mounted", mounted)

    @app.get("/nested")
    def nested(_caller: Annotated[str, Security(reader, scopes=["plain:nested"])]) -> None: ...

    @app.get("/hidden", include_in_schema=False)
    def hidden(_user: Annotated[object, Security(current_user, scopes=["plain:hidden"])]) -> None: ...

    @app.get("/other")
    def other(_it: Annotated[object, Security(lambda: None, scopes=["plain:of-another"])]) -> None: ...

    @app.websocket("/ws")
    async def socket(_user: Annotated[object, Security(current_user, scopes=["plain:socket"])]) -> None: ...

    return app


@pytest.fixture(autouse=True)
def _nothing_listed_yet(monkeypatch):
    """Forget what other tests asked for: the list is of the whole process."""
    monkeypatch.setattr(schemes, "_SCOPES", set())


ASKED = {f"plain:{name}" for name in ("router", "route", "included", "mounted", "nested", "socket")}


def listed(document):
    """Return the plain scopes in the list of the flow."""
    (scheme,) = document["components"]["securitySchemes"].values()
    return {scope for scope in scheme["flows"]["password"]["scopes"] if scope.startswith("plain:")}


def added():
    app = make()
    app.add_middleware(BearerMiddleware, auth=TOKENS)
    return app


def handed_over():
    return make(middleware=[Middleware(BearerMiddleware, auth=TOKENS)])


def wrapped():
    return BearerMiddleware(make(), TOKENS)


@pytest.mark.parametrize("make_app", [added, handed_over, wrapped])
@pytest.mark.parametrize("path", ["/openapi.json", "/mounted/openapi.json"])
def test_the_flow_lists_the_scopes_of_every_shown_route(make_app, path):
    """However deep, behind dependencies of the application's own, too; what is hidden stays so."""
    assert listed(TestClient(make_app()).get(path).json()) == ASKED


def test_a_document_is_complete_without_being_served():
    """Once the middleware is around the application."""
    app = added()
    app.build_middleware_stack()
    assert listed(app.openapi()) == ASKED


def test_an_application_that_holds_itself_is_looked_at_once():
    """Mounted in itself, or in middleware that goes round in a circle."""
    app = added()
    app.mount("/again", app)
    assert listed(TestClient(app).get("/openapi.json").json()) == ASKED

    async def circle(_scope, _receive, _send): ...

    circle.app = circle
    BearerMiddleware(circle, TOKENS)
