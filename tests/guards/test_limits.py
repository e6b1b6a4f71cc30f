"""One suite, every framework: limits beside the endpoint, alone and together with `require`."""

from importlib import import_module
from typing import get_type_hints

import pytest
from fastapi import FastAPI
from litestar import di
from litestar.exceptions import LitestarDeprecationWarning

from jwt_auth_asgi import rate_limit, require
from jwt_auth_asgi.gates import litestar
from jwt_auth_asgi.rate_limits.gate import CONNECTION
from jwt_auth_fastapi import require as require_shown
from tests.asgi.drive import shake
from tests.guards.apps import on_litestar
from tests.guards.conftest import FRAMEWORKS
from tests.guards.fetch import fetch
from tests.rate_limits.counting import Behind, counting, user

WITH_WEBSOCKETS = [name for name in FRAMEWORKS if name != "on_django"]


@pytest.fixture
def site(request):
    """Return the application of a framework, behind an `Auth` that counts from the start."""
    return Behind(import_module(f"tests.guards.apps.{request.param}").app, counting())


@pytest.mark.parametrize("path", ["/limited", "/limited-sync"])
@pytest.mark.parametrize("site", FRAMEWORKS, indirect=True)
def test_the_third_of_two_is_refused(site, path):
    """429 with the problem and the fields of the draft, whatever the framework."""
    assert [fetch(site, path).status_code for _ in range(2)] == [200, 200]
    refused = fetch(site, path)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["ratelimit-policy"].endswith(";q=2;w=60")
    assert int(refused.headers["retry-after"]) in range(1, 31)


@pytest.mark.parametrize("site", WITH_WEBSOCKETS, indirect=True)
def test_a_websocket_is_refused_before_it_is_accepted(site):
    """With 429 where the server can say it, else with a close."""
    for _ in range(2):
        assert shake(site, "/ws-limited")[0]["type"] == "websocket.accept"
    first, *_ = shake(site, "/ws-limited")
    assert (first["type"], first["status"]) == ("websocket.http.response.start", 429)
    assert shake(site, "/ws-limited", extensions={})[0]["type"] == "websocket.close"


BOTH = {
    "the limit first": lambda endpoint: rate_limit("1/minute", name="both")(require("a")(endpoint)),
    "the guard first": lambda endpoint: require("a")(rate_limit("1/minute", name="both")(endpoint)),
    "shown": lambda endpoint: require_shown("a")(rate_limit("1/minute", name="both")(endpoint)),
    "shown below": lambda endpoint: rate_limit("1/minute", name="both")(require_shown("a")(endpoint)),
}


@pytest.mark.parametrize("both", BOTH)
def test_a_guard_and_a_limit_stand_before_one_endpoint(both):
    """In either order, of FastAPI's functions; the first speaks first."""

    def endpoint(word: str) -> str:
        return word

    app = FastAPI()
    app.add_api_route("/", BOTH[both](endpoint))
    site = Behind(app, counting(), user("ada", scopes=("a",)))
    assert [fetch(site, "/?word=hi").status_code for _ in range(2)] == [200, 429]
    assert fetch(site, "/").status_code == 422


def test_litestar_leaves_out_what_is_fastapi_s(monkeypatch):
    """By the mark of its version; older ones have another."""
    told = get_type_hints(on_litestar.limited.fn, include_extras=True)[CONNECTION]
    assert any("Dependency" in type(one).__name__ for one in told.__metadata__)
    monkeypatch.delattr(di, "NamedDependency")
    with pytest.warns(LitestarDeprecationWarning):
        assert litestar.left_out(int).__metadata__
