"""Applications beside the one that a wrapper names `app`: a dispatcher serves them, so they are walked."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_asgi.testing.examination import examine
from tests.testing.apps.parts import tokens


class Dispatching:
    """Serves one application below a path, another elsewhere."""

    def __init__(self, app, other):
        self.app = app
        self.other = other

    async def __call__(self, scope, receive, send):
        is_other = scope["path"].startswith("/other")
        await (self.other if is_other else self.app)(scope, receive, send)


def site(path, guard=None):
    """Return an application with one route."""

    @(guard or require())
    async def endpoint(_request):
        return PlainTextResponse("")

    return Starlette(routes=[Route(path, endpoint, methods=["GET"])])


def open_to_all(endpoint):
    """Stand for a guard that was forgotten."""
    return endpoint


def states(app):
    """Return what is found of each route, by path."""
    return {one.route.path: one.state for one in examine(app, tokens).findings}


def test_a_route_of_the_other_application_is_found():
    """It was forgotten, and nobody names that application `app`."""
    app = BearerMiddleware(Dispatching(site("/notes"), site("/other", open_to_all)), tokens)
    assert states(app) == {"/notes": "guarded", "/other": "open"}


def test_what_stands_around_both_counts_for_both():
    """And a guard of the other one is read."""
    app = BearerMiddleware(Dispatching(site("/notes"), site("/other")), tokens)
    assert states(app) == {"/notes": "guarded", "/other": "guarded"}


def test_the_other_one_may_stand_in_middleware_of_its_own():
    """Which is looked through."""
    app = Dispatching(BearerMiddleware(site("/notes"), tokens), BearerMiddleware(site("/other"), tokens))
    assert states(app) == {"/notes": "guarded", "/other": "guarded"}
    app = Dispatching(BearerMiddleware(site("/notes"), tokens), site("/other", open_to_all))
    assert states(app) == {"/notes": "guarded", "/other": "open"}


@pytest.mark.parametrize("is_built", [False, True])
def test_a_dispatcher_may_be_taken_in_as_middleware(is_built):
    """Before the application has built it and after."""
    app = site("/notes")
    app.add_middleware(Dispatching, other=site("/other", open_to_all))
    app.add_middleware(BearerMiddleware, auth=tokens)
    if is_built:
        app.middleware_stack = app.build_middleware_stack()
    assert states(app) == {"/notes": "guarded", "/other": "open"}


def test_a_middleware_may_know_the_application_that_it_is_in():
    """Which is walked once."""
    app = site("/notes")
    app.user_middleware = [Middleware(BearerMiddleware, auth=tokens), Middleware(Dispatching, other=app)]
    found = examine(Dispatching(app, app.router), tokens).findings
    assert [one.route.method for one in found] == ["GET", "HEAD"]


def test_a_dispatcher_may_be_mounted():
    """Its applications are then below that path."""
    app = Starlette(routes=[Mount("/in", Dispatching(site("/notes"), site("/other", open_to_all)))])
    found = states(BearerMiddleware(app, tokens))
    assert set(found) == {"/in/notes", "/in/other"}
    assert found["/in/notes"] == "guarded"
