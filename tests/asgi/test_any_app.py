"""One suite, every framework: the middleware around a bare callable, Starlette, FastAPI and others."""

import asyncio
import importlib
import json
from functools import partial

import httpx
import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.asgi.drive import refusal, shake

FRAMEWORKS = ["bare", "on_starlette", "on_fastapi", "on_litestar", "on_quart", "on_django"]
WITH_WEBSOCKETS = [name for name in FRAMEWORKS if name != "on_django"]

ANONYMOUS = {"authenticated": False, "identity": "", "scopes": []}
KNOWN = {"authenticated": True, "identity": "42", "scopes": ["topics:read", "topics:write"]}


@pytest.fixture
def app(request):
    """Return the application of the framework that the test is parametrised with."""
    return importlib.import_module(f"tests.asgi.apps.{request.param}").app


def every(frameworks):
    """Run a test with the application of each framework."""
    return pytest.mark.parametrize("app", frameworks, indirect=True)


def fetch(app, path, token=None):
    """Send one request through httpx."""

    async def main():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            return await client.get(path, headers=headers)

    return asyncio.run(main())


def spoken(messages):
    """Return the subprotocol of the accept and the JSON of the first message sent."""
    accept, first = messages[0], messages[1]
    assert (accept["type"], first["type"]) == ("websocket.accept", "websocket.send")
    return accept.get("subprotocol"), json.loads(first.get("text") or first["bytes"])


@every(FRAMEWORKS)
def test_a_caller_without_a_token_is_anonymous(app, tokens):
    """The framework serves it and knows that nobody logged in."""
    answer = fetch(BearerMiddleware(app, tokens), "/whoami")
    assert (answer.status_code, answer.json()) == (200, ANONYMOUS)


@every(FRAMEWORKS)
def test_a_caller_with_a_token_is_known(app, tokens, token):
    """The framework's own way to the scope shows identity and scopes."""
    answer = fetch(BearerMiddleware(app, tokens), "/whoami", token)
    assert (answer.status_code, answer.json()) == (200, KNOWN)


@every(FRAMEWORKS)
def test_the_application_decides_by_scopes(app, tokens, token):
    """With the scope it serves, without it refuses, in its own words."""
    wrapped = BearerMiddleware(app, tokens)
    assert fetch(wrapped, "/topics", token).json() == KNOWN
    assert fetch(wrapped, "/topics", tokens.issue(subject="42", scopes={"other"})).status_code == 403
    assert fetch(wrapped, "/topics").status_code == 403


@every(FRAMEWORKS)
def test_what_is_not_public_needs_a_token(app, tokens, token):
    """A protected path is a 401 with a challenge, a public one is served."""
    wrapped = BearerMiddleware(app, tokens, public={"/open"}, realm="shop")
    refused = fetch(wrapped, "/whoami")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="shop"')
    assert fetch(wrapped, "/open").json() == ANONYMOUS
    assert fetch(wrapped, "/whoami", token).json() == KNOWN


@every(FRAMEWORKS)
def test_an_expired_token_is_refused(app, tokens, expired):
    """Before the framework hears of the request."""
    refused = fetch(BearerMiddleware(app, tokens), "/open", expired)
    assert (refused.status_code, refused.json()["detail"]) == (401, "Access token expired")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


@every(FRAMEWORKS)
def test_a_path_that_is_not_there_is_the_frameworks_affair(app, tokens, token):
    """The middleware adds no answer of its own to an accepted request."""
    assert fetch(BearerMiddleware(app, tokens), "/nowhere", token).status_code in {200, 404}


@every(WITH_WEBSOCKETS)
def test_a_websocket_knows_its_caller(app, tokens, token):
    """By header and by subprotocol; the subprotocol is confirmed."""
    wrapped = BearerMiddleware(app, tokens)
    whole = partial(shake, wrapped, "/ws", until="websocket.close")
    assert spoken(whole((b"authorization", b"Bearer " + token.encode()))) == (None, KNOWN)
    assert spoken(whole(offered=f"bearer, {token}")) == ("bearer", KNOWN)
    assert spoken(whole()) == (None, ANONYMOUS)


@every(WITH_WEBSOCKETS)
def test_a_websocket_is_refused_before_the_accept(app, tokens, expired):
    """With the status and challenge of http where the server can send them, else by a close."""
    wrapped = BearerMiddleware(app, tokens, public={"/open"})
    answer = refusal(shake(wrapped, "/ws", offered=f"bearer, {expired}"))
    assert (answer.status, answer.json["detail"]) == (401, "Access token expired")
    assert refusal(shake(wrapped, "/ws")).challenge == 'Bearer realm="api"'
    assert shake(wrapped, "/ws", extensions={}) == [{"type": "websocket.close", "code": 1008}]
