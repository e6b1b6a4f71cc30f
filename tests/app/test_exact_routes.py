"""The way to a route with a fixed path, beside the framework's own."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from jwt_auth_asgi.app.endpoints import Endpoint
from jwt_auth_asgi.app.exact_routes import ExactRoutes, exact_routes
from tests.asgi.drive import call, get, http_scope, request, shake


@pytest.fixture
def seen():
    """Hold the scopes that the handlers were given."""
    return []


@pytest.fixture
def app(seen):
    """Two routes that the shortcut and the router know, and a websocket that only the router knows."""

    async def handler(request):
        seen.append(request.scope)
        return PlainTextResponse(request.path_params.get("name", "fixed"))

    async def socket(websocket):
        await websocket.accept()

    found = [
        (Route(path, handler, methods=["GET"]), Endpoint(path, "GET", path, handler, {}, frozenset({"GET"})))
        for path in ("/fixed", "/names/{name}")
    ]
    routes = [*(route for route, _ in found), WebSocketRoute("/fixed", socket)]
    return Starlette(routes=routes, middleware=[Middleware(ExactRoutes, routes=exact_routes(found))])


def without_router(app):
    """Take the router away, so that only the shortcut leads anywhere."""
    app.router.routes.clear()
    return app


def test_a_fixed_path_needs_no_router(app):
    """A known method on a fixed path is answered by its handler."""
    assert get(without_router(app), "/fixed").body == b"fixed"


def test_what_watches_sees_a_route(app, seen):
    """The scope names the route and its endpoint as the router would."""
    routes = list(app.routes)
    get(without_router(app), "/fixed")
    assert seen[0]["route"] is routes[0]
    assert seen[0]["endpoint"] is routes[0].endpoint
    assert seen[0]["path_params"] == {}


def test_a_mounted_path_is_the_one_below(app):
    """Below a mount the path counts that the mounted application sees."""
    assert get(without_router(app), "/deep/fixed", root_path="/deep").body == b"fixed"
    assert get(without_router(app), "/fixed", root_path="/deep").body == b"fixed"


@pytest.mark.parametrize("path", ["/names/ada", "/names/{name}"])
def test_a_path_with_a_parameter_is_the_routers(app, path):
    """A parameter is taken out of the path, also where it looks like its own name."""
    assert get(app, path).body.decode() == path.removeprefix("/names/")


def test_another_method_is_the_routers(app):
    """A wrong method is refused, and HEAD is answered, as everywhere in Starlette."""
    assert request(app, http_scope("/fixed", method="POST")).status == 405
    assert request(app, http_scope("/fixed", method="HEAD")).status == 200


def test_another_path_is_the_routers(app):
    """Nothing is near enough."""
    assert get(app, "/fixed/").status in {307, 404}
    assert get(app, "/FIXED").status == 404


def test_a_websocket_is_the_routers(app):
    """A handshake goes past, on the same path."""
    assert shake(app, "/fixed")[0]["type"] == "websocket.accept"


def test_a_start_is_the_applications(app):
    """What is no request at all reaches the application behind."""
    said = call(app, {"type": "lifespan", "state": {}}, [{"type": "lifespan.startup"}])
    assert said[0] == {"type": "lifespan.startup.complete"}
