"""Applications that answer some hosts alone: they are called by one of those."""

import pytest
from litestar import Litestar, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.testing.examination import examine
from tests.testing.apps.parts import tokens


def notes():
    """Return a route that nobody guards."""

    async def endpoint(_request):
        return PlainTextResponse("")

    return Route("/notes", endpoint, methods=["GET"])


def trusting(*routes, **options):
    """Return an application that has taken the middleware in."""
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, **options)])


def states(app):
    """Return what is found of each route, by path."""
    return {one.route.path: one.state for one in examine(BearerMiddleware(app, tokens), tokens).findings}


@pytest.mark.parametrize("hosts", [["example.com"], ["*.example.com"], ["*"], ["*.a.org", "b.org"]])
def test_a_forgotten_route_is_found_behind_a_list_of_hosts(hosts):
    """Another host gets 400, which would say nothing about callers."""
    assert states(trusting(notes(), allowed_hosts=hosts)) == {"/notes": "open"}
    assert states(TrustedHostMiddleware(Starlette(routes=[notes()]), hosts)) == {"/notes": "open"}
    by_position = Starlette(routes=[notes()], middleware=[Middleware(TrustedHostMiddleware, hosts)])
    assert states(by_position) == {"/notes": "open"}


@pytest.mark.parametrize("hosts", [["example.com"], AllowedHostsConfig(["*.example.com"])])
def test_so_it_is_in_litestar(hosts):
    """Whose list is an option of the application."""

    @get("/notes")
    async def endpoint() -> str:
        return ""

    app = Litestar([endpoint], allowed_hosts=hosts, openapi_config=None, logging_config=None)
    assert states(app) == {"/notes": "open"}


def test_the_host_of_a_route_is_asked_by_its_name():
    """Whatever else the application answers."""
    app = trusting(Host("api.example.com", Starlette(routes=[notes()])), allowed_hosts=["*.example.com"])
    assert states(app) == {"//api.example.com/notes": "open"}


def test_what_is_mounted_may_have_a_list_of_its_own():
    """Which counts where there is none around it."""
    inner = trusting(notes(), allowed_hosts=["example.com"])
    app = Starlette(routes=[Mount("/inner", inner), notes()])
    assert states(app) == {"/inner/notes": "open", "/notes": "open"}
