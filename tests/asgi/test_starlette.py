"""Inside Starlette's own house: added as middleware, mounted below a path, with CORS around it."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.asgi.apps.on_starlette import app as starlette_app
from tests.asgi.drive import bearer, get, shake

ORIGIN = (b"origin", b"https://app.example.com")
PREFLIGHT = (
    ORIGIN,
    (b"access-control-request-method", b"GET"),
    (b"access-control-request-headers", b"authorization"),
)


def test_it_is_added_as_middleware(tokens, token):
    """Starlette makes it, with the application first and the rest by name."""
    middleware = [Middleware(BearerMiddleware, auth=tokens, public={"/open"})]
    app = Starlette(routes=starlette_app.routes, middleware=middleware)
    assert get(app, "/topics", bearer(token)).json["identity"] == "42"
    assert (get(app, "/topics").status, get(app, "/open").status) == (401, 200)


@pytest.mark.parametrize("prefix", ["/api", "/api/v1", "/open"])
def test_it_may_be_mounted(tokens, prefix):
    """Public paths are those of the mounted application; the whole path is another one."""
    # ASGI-08
    app = Starlette(routes=[Mount(prefix, BearerMiddleware(starlette_app, tokens, public={"/open"}))])
    assert get(app, prefix + "/open").status == 200
    assert get(app, prefix + "/whoami").status == 401
    assert get(app, prefix + prefix + "/open").status == 401


def test_a_whole_path_is_not_public_below_a_mount(tokens):
    """What is listed is compared below the mount point only."""
    # ASGI-08
    app = Starlette(routes=[Mount("/api", BearerMiddleware(starlette_app, tokens, public={"/api/open"}))])
    assert get(app, "/api/open").status == 401


def test_a_preflight_is_answered_by_the_cors_middleware_outside(tokens):
    """It carries no token; and the refusal that follows can be read by the page."""
    # ASGI-10
    inner = BearerMiddleware(starlette_app, tokens, public=())
    app = CORSMiddleware(inner, allow_origins=["https://app.example.com"], allow_headers=["authorization"])
    assert get(app, "/topics", *PREFLIGHT, method="OPTIONS").status == 200
    refused = get(app, "/topics", ORIGIN)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (
        401,
        "https://app.example.com",
    )


def test_whoever_has_a_token_is_authenticated(tokens):
    """The scope of Starlette's own example lets in, whatever was granted, and keeps the anonymous out."""

    @requires("authenticated")
    async def private(request):
        return JSONResponse(request.auth.scopes)

    app = BearerMiddleware(Starlette(routes=[Route("/private", private)]), tokens)
    for scopes in ([], ["admin"]):
        assert get(app, "/private", bearer(tokens.issue(subject="42", scopes=scopes))).json == scopes
    assert get(app, "/private").status == 403


def test_requires_works_on_websockets(tokens, token):
    """Starlette's decorator closes a handshake whose caller lacks the scope."""

    @requires("admin")
    async def admin(websocket):
        raise AssertionError

    app = BearerMiddleware(Starlette(routes=[WebSocketRoute("/admin", admin)]), tokens)
    assert shake(app, "/admin", bearer(token))[0]["type"] == "websocket.close"


async def test_many_requests_at_once_keep_their_callers(tokens):
    """Nothing of one request shows in another."""
    app = BearerMiddleware(starlette_app, tokens)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        headers = [{"authorization": "Bearer " + tokens.issue(subject=str(n))} for n in range(20)]
        calls = [client.get("/whoami", headers=headers[n % 20] if n % 3 else {}) for n in range(200)]
        found = [answer.json()["identity"] for answer in await asyncio.gather(*calls)]
    assert found == [str(n % 20) if n % 3 else "" for n in range(200)]
