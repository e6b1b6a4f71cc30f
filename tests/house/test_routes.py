"""The routes: served as described, by either framework."""

from fastapi import FastAPI

from jwt_auth_asgi.app.auth_app import create_app
from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_fastapi.router import auth_router

ENDPOINTS = {(endpoint.method, endpoint.path) for endpoint in endpoints()}


def test_every_route_has_an_operation():
    """The auth app serves the routes that its OpenAPI document describes, and no other."""
    served = {(method, route.path) for route in create_app().routes for method in route.methods - {"HEAD"}}
    assert served == ENDPOINTS


def test_fastapi_shows_the_same_routes():
    """The OpenAPI document of an application with the router has every route, under /auth."""
    app = FastAPI()
    app.include_router(auth_router())
    shown = {(m.upper(), path) for path, item in app.openapi()["paths"].items() for m in item}
    assert shown >= {(m, f"/auth{path}") for m, path in ENDPOINTS if not path.endswith(".json")}
