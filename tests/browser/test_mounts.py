"""Authorize in /docs, wherever the application is mounted and whatever a proxy takes off the path."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from playwright.sync_api import Page

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core.auth import Auth
from jwt_auth_core.vocabulary import Client
from jwt_auth_fastapi import CurrentUser, auth_router
from tests.browser.conftest import PASSWORD
from tests.browser.test_docs import ADA, Docs
from tests.end_to_end.serving import threaded
from tests.end_to_end.site import build, settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def guarded(auth: Auth, **options: Any) -> FastAPI:
    """Return an application with a guarded route, which stands before the router."""
    app = FastAPIOffline(redoc_url=None, **options)
    app.add_middleware(BearerMiddleware, auth=auth)

    @app.get("/who", responses={401: {"description": "Nobody"}})
    async def who(user: CurrentUser) -> dict[str, str]:
        return {"who": user.identity}

    return app


def behind_a_proxy(auth: Auth) -> tuple[Any, str]:
    """Return one that says its root_path, behind a proxy that takes that off the path."""
    app = guarded(auth, root_path="/api")
    app.include_router(auth_router(auth))
    assets = FastAPIOffline()  # Starlette finds no mounted files under such a root_path

    async def proxy(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].removeprefix("/api")}
        is_asset = "static-offline" in scope.get("path", "")
        await (assets if is_asset else app)(scope, receive, send)

    return proxy, "/api"


def mounted(auth: Auth) -> tuple[Any, str]:
    """Return one that another application mounts."""
    app = guarded(auth)
    app.include_router(auth_router(auth))
    host = FastAPI()
    host.mount("/shop", app)
    return host, "/shop"


def included(auth: Auth) -> tuple[Any, str]:
    """Return one that includes the router below prefixes of its own, with a guarded route behind it."""
    app = guarded(auth)
    between = APIRouter(prefix="/v1")
    between.include_router(auth_router(auth, prefix="/account"))
    app.include_router(between, prefix="/api")

    @app.get("/me-too")
    async def me_too(user: CurrentUser) -> dict[str, str]:
        return {"who": user.identity}

    return app, ""


PLACES: dict[str, Callable[[Auth], tuple[Any, str]]] = {
    "behind a proxy": behind_a_proxy,
    "mounted": mounted,
    "included below prefixes": included,
}


@pytest.fixture(scope="module", params=PLACES.values(), ids=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Return the origin of a running application, and where below it the page is."""
    auth = build(settings(), events=[])
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The `root_path` parameter")  # deprecated, and still there
        app, prefix = request.param(auth)
    auth.register(auth.register.parse({"email": ADA["email"], "password": PASSWORD, **names}), Client())
    with threaded(app) as server:
        yield server.origin, prefix
    auth.close()


@pytest.fixture
def origin(place: tuple[str, str]) -> str:
    """Return the origin alone, for the browser."""
    return place[0]


def test_authorize_logs_in_from_the_page(page: Page, place: tuple[str, str]):
    """Swagger finds the login from where the page is, and the guarded route answers."""
    docs = Docs(page, place[1] + "/docs")
    assert docs.call("get", "/who")[0] == 401
    docs.authorize(ADA["email"], PASSWORD)
    assert docs.call("get", "/who")[0] == 200
