"""The walk: what stands around a route counts, what cannot be looked into is named."""

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guards import require
from jwt_auth_asgi.testing import UnknownRoutesWarning, assert_all_protected
from jwt_auth_asgi.testing.walk import walk
from jwt_auth_fastapi import current_user
from tests.testing.apps.parts import FILES, app_of, bare, tokens


def test_an_application_that_cannot_be_looked_into_is_named():
    """It is called at its own root, and its other methods are unknown."""
    with pytest.raises(AssertionError, match=r"/bare/\* .* cannot be looked into: tests.*parts\.bare"):
        assert_all_protected(app_of(Mount("/bare", bare)), tokens)


def test_behind_a_wrapper_that_hides_its_application_it_is_named():
    """A wrapper shows what it wraps under the name `app`."""

    class Hiding:
        def __init__(self, app):
            self.hidden = app

        async def __call__(self, scope, receive, send):
            await self.hidden(scope, receive, send)

    class Showing(Hiding):
        def __init__(self, app):
            super().__init__(app)
            self.app = app

    inner = app_of(Route("/notes", PlainTextResponse("")), public=())
    assert not assert_all_protected(Showing(inner), tokens).unknown
    assert assert_all_protected(Showing(inner), tokens).findings[0].route.guards
    with pytest.raises(AssertionError, match="Hiding"):
        assert_all_protected(Hiding(Starlette(routes=[Route("/", PlainTextResponse(""))])), tokens)


def test_the_calls_go_through_the_outermost_middleware(calls):
    """What refuses there protects."""
    app = BearerMiddleware(Starlette(routes=[Route("/notes", calls.endpoint())]), tokens, public={"/"})
    assert_all_protected(app, tokens)
    assert calls == []


def test_a_public_path_is_called(calls):
    """The middleware's list of open paths is one list, the test's another."""
    app = app_of(Route("/notes", calls.endpoint()), public={"/notes"})
    with pytest.raises(AssertionError, match=r"/notes\s+GET, HEAD\s+open"):
        assert_all_protected(app, tokens)


def test_an_exempt_path_is_called(calls):
    """There nobody is known, whatever `public` says of the rest."""
    app = app_of(Route("/notes", calls.endpoint()), public=(), exempt={"/notes"})
    with pytest.raises(AssertionError, match=r"open\s+-\s+200\s+200\s+200"):
        assert_all_protected(app, tokens)


def test_a_rule_of_the_middleware_guards(calls):
    """By method; what needs nothing after all is called."""
    rules = [("/", "notes:read"), ("/login", None), ("/feed", {"GET": "authenticated", "*": "feed:write"})]
    routes = [
        Route("/notes", calls.endpoint(), methods=["GET"]),
        Route("/feed", calls.endpoint(), methods=["GET", "POST"]),
        Route("/login", calls.endpoint(401), methods=["GET"]),
    ]
    found = assert_all_protected(app_of(*routes, rules=rules), tokens)
    said = {(one.route.path, one.route.method): list(map(str, one.route.guards)) for one in found.findings}
    assert said["/notes", "HEAD"] == ["rules(notes:read)"]
    assert said["/feed", "POST"] == ["rules(feed:write)"]
    assert said["/login", "GET"] == []


def guarded():
    """Return a FastAPI application with one guarded route."""
    app = FastAPI(openapi_url=None)
    app.add_api_route("/notes", lambda: 1, dependencies=[Depends(current_user)])
    return app


def test_a_guard_without_the_middleware_guards_nothing():
    """Every call ends in MissingMiddlewareError, which is found."""
    with pytest.raises(AssertionError, match="MissingMiddlewareError"):
        assert_all_protected(guarded(), tokens)
    assert assert_all_protected(BearerMiddleware(guarded(), tokens), tokens)


def test_require_without_the_middleware_guards_nothing():
    """The same, of an endpoint that no dependency guards."""

    @require()
    async def endpoint(request):
        return PlainTextResponse(request.user.identity)

    routes = [Route("/notes", endpoint)]
    with pytest.raises(AssertionError, match="MissingMiddlewareError"):
        assert_all_protected(Starlette(routes=routes), tokens)
    found = assert_all_protected(app_of(*routes), tokens)
    assert [str(guard) for guard in found.findings[0].route.guards] == ["require"]


def test_a_guard_that_a_test_overrides_guards_nothing():
    """An override that was left behind is found."""
    app = guarded()
    app.add_middleware(BearerMiddleware, auth=tokens)
    app.dependency_overrides[current_user] = lambda: None
    with pytest.raises(AssertionError, match=r"/notes\s+GET\s+open"):
        assert_all_protected(app, tokens)


def test_an_application_that_is_mounted_in_itself_is_walked_once(calls):
    """And not for ever."""
    app = app_of(Route("/notes", calls.endpoint(401)))
    app.mount("/again", app)
    assert len(assert_all_protected(app, tokens).findings) == 2


def test_what_no_route_is_for_may_be_answered_as_well():
    """A default of the router's is called, too."""
    app = app_of()
    app.router.default = bare
    with pytest.raises(AssertionError, match=r"/\* .* what no route is for"):
        assert_all_protected(app, tokens)


def test_a_route_of_a_strange_kind_is_unknown():
    """Nobody can read what it matches."""

    class Strange:
        """A route, as far as the framework asks."""

    app = app_of()
    app.router.routes.append(Strange())
    with pytest.warns(UnknownRoutesWarning, match="a route that cannot be read: .*Strange"):
        assert_all_protected(app, tokens)


@pytest.mark.parametrize("prefix", ["", "/app"])
def test_a_frontend_is_found(prefix):
    """FastAPI keeps what it serves as a frontend beside its routes."""
    router = APIRouter()
    router.frontend("/pages", directory=FILES)
    guarded_router = APIRouter(dependencies=[Depends(current_user)])
    guarded_router.frontend("/private", directory=FILES)
    app = FastAPI(openapi_url=None)
    app.add_middleware(BearerMiddleware, auth=tokens)
    app.include_router(router, prefix=prefix)
    app.include_router(guarded_router, prefix=prefix)
    with pytest.raises(AssertionError, match=f"2 routes of 4 (?s:.)*{prefix}/pages/. ") as failed:
        assert_all_protected(app, tokens)
    assert "private" not in str(failed.value)


def test_a_router_of_a_version_without_frontends_is_read():
    """FastAPI 0.137 includes routers as later versions do, and has nothing beside their routes."""

    class Included:
        """What `include_router` leaves there, as far as the walk asks."""

        def effective_route_contexts(self):
            return [Route("/app/notes", PlainTextResponse(""))]

    app = app_of()
    app.router.routes.append(Included())
    assert {route.path for route in walk(app)} == {"/app/notes"}


def test_a_frontend_of_the_application_itself_is_found():
    """Without a router that is included."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(BearerMiddleware, auth=tokens)
    app.frontend("/", directory=FILES)
    with pytest.raises(AssertionError, match=r"/\*\s+GET, HEAD\s+open"):
        assert_all_protected(app, tokens)


def test_a_directory_without_a_file_is_unknown(tmp_path):
    """There is nothing to ask for."""
    with pytest.warns(UnknownRoutesWarning, match="static files, of which there are none"):
        assert_all_protected(app_of(Mount("/files", StaticFiles(directory=tmp_path))), tokens)
