"""FastAPI: dependencies on routes, routers and applications; what is mounted, included and hosted."""

import uuid
from enum import Enum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Route, Router

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guards import require
from jwt_auth_fastapi import AuthenticatedUser, CurrentUser, auth_router, current_user, require_scopes
from tests.testing.apps.parts import bare, fenced, files, tokens

GUARDS = {  # by what is forgotten: the routes that are then without a guard
    "plain": {"GET /plain"},
    "parameter": {"GET /users/me"},
    "scoped": {"GET /items/{item_id}"},
    "query": {"GET /search"},
    "post": {"POST /items"},
    "delete": {"DELETE /items/{item_id}"},
    "router": {"GET /r/color/{color}", "GET /r/n/users/{user}", "WEBSOCKET /r/n/ws/{number}"},
    "added": {"GET /added", "PUT /added"},
    "require": {"PUT /require"},
    "websocket": {"WEBSOCKET /socket"},
    "sub": {"GET /sub/inside"},
    "files": {"GET /files/*", "HEAD /files/*"},
    "class": {"GET /class/{name}", "HEAD /class/{name}", "DELETE /class/{name}"},
    "host": {"GET //api.example.org/hosted"},
    "bare": {"GET /bare/*", "HEAD /bare/*", "* /bare/*"},
}


class Color(Enum):
    RED = "red"


class Thing(HTTPEndpoint):
    async def get(self, _request: Any) -> Any:
        return PlainTextResponse("a thing")

    async def delete(self, _request: Any) -> Any:
        raise AssertionError("this is never called")


async def nobody() -> None:
    return None


async def signed_in(user: CurrentUser) -> AuthenticatedUser:
    return user


def build(forgotten: str = "", auth: Any = None) -> FastAPI:
    """Return the application, with one guard forgotten."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(BearerMiddleware, auth=tokens)

    def guard(name: str, dependency: Any = current_user) -> list[Any]:
        return [] if name == forgotten else [Depends(dependency)]

    _add_operations(app, guard)
    app.include_router(_router(guard("router")))
    app.mount("/sub", _application("/inside", guard("sub")))
    app.mount("/files", fenced(files(), is_forgotten=forgotten == "files"))
    things = Router([Route("/{name}", Thing)])
    app.mount("/class", fenced(things, is_forgotten=forgotten == "class"))
    app.router.routes.append(Host("api.example.org", _application("/hosted", guard("host"))))
    app.mount("/bare", fenced(bare, is_forgotten=forgotten == "bare"))
    app.include_router(auth_router(auth))
    return app


def _application(path: str, dependencies: list[Any]) -> FastAPI:
    app = FastAPI(openapi_url=None, dependencies=dependencies)

    @app.get(path)
    def inside():
        return 1

    return app


def _add_operations(app: FastAPI, guard: Any) -> None:
    @app.get("/plain", dependencies=guard("plain"))
    def plain():
        return 1

    @app.get("/users/me")
    async def me(user: Annotated[Any, *(guard("parameter", signed_in) or [Depends(nobody)])]):
        return 1

    @app.get("/items/{item_id}", dependencies=guard("scoped", require_scopes("items:read")))
    def item(item_id: int):
        return 1

    @app.get("/search", dependencies=guard("query"))
    def search(words: str, order: Literal["newest", "oldest"], limit: int | None = None):
        return 1

    @app.post("/items", dependencies=guard("post"))
    def add():
        raise AssertionError("this is never called")

    @app.delete("/items/{item_id}", dependencies=guard("delete"))
    def remove(item_id: int):
        raise AssertionError("this is never called")

    app.add_api_route("/added", search_added, methods=["GET", "PUT"], dependencies=guard("added"))

    def required():
        raise AssertionError("this is never called")

    app.put("/require")(required if not guard("require") else require("items:write")(required))

    @app.websocket("/socket", dependencies=guard("websocket"))
    async def socket(websocket: WebSocket):
        await websocket.accept()

    @app.get("/asked")
    def asked(user: Annotated[AuthenticatedUser, Security(current_user, scopes=["a:b"])]):
        return 1


def search_added():
    return 1


def _router(dependencies: list[Any]) -> APIRouter:
    router = APIRouter(prefix="/r", dependencies=dependencies)
    inner = APIRouter()

    @router.get("/color/{color}")
    def color(color: Color):
        return 1

    @inner.get("/users/{user}")
    def user(user: uuid.UUID):
        return 1

    @inner.websocket("/ws/{number}")
    async def ws(websocket: WebSocket, number: int):
        await websocket.accept()

    router.include_router(inner, prefix="/n")
    return router
