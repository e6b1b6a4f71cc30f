"""One suite, every framework: `require` beside the endpoint, around a bare callable, Starlette and others."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_asgi.identity.identity import MissingMiddlewareError
from jwt_auth_core.errors import InsufficientScopeError
from tests.asgi.drive import bearer, call, get, shake, websocket_scope
from tests.guards.fetch import fetch

GUARDED = ["/reports", "/sync", "/class"]


@pytest.fixture
def reader(tokens):
    """Return the header of a token that covers reports:read."""
    return bearer(tokens.issue(subject="42", scopes={"reports:*"}))


@pytest.fixture
def writer(tokens):
    """Return the header of a token that does not."""
    return bearer(tokens.issue(subject="42", scopes={"topics:write"}))


@pytest.mark.parametrize("path", GUARDED)
def test_a_token_that_covers_the_scope_passes(app, reader, path):
    """The endpoint answers, synchronous, asynchronous or in a class."""
    assert fetch(app, path, reader).status_code == 200


@pytest.mark.parametrize("path", GUARDED)
def test_a_token_without_the_scope_is_refused(app, writer, path):
    """403, with the challenge that names the scope."""
    refused = fetch(app, path, writer)
    challenge = refused.headers["www-authenticate"]
    assert refused.status_code == 403
    assert 'realm="shop", error="insufficient_scope", scope="reports:read"' in challenge


@pytest.mark.parametrize("path", [*GUARDED, "/me"])
def test_nobody_is_refused(app, path):
    """401, with a challenge and no error code."""
    refused = fetch(app, path)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="shop"')


def test_no_scope_means_any_token(app, writer):
    """Without scopes everybody passes who has a valid token; beside it the door stays open."""
    assert fetch(app, "/me", writer).status_code == 200
    assert fetch(app, "/open").status_code == 200


def test_a_websocket_is_let_in(chat, reader):
    """With the scope the handshake is accepted."""
    assert shake(chat, "/ws", reader)[0]["type"] == "websocket.accept"


def test_a_websocket_is_refused_before_it_is_accepted(chat, writer):
    """Without the scope, or without a token, nothing is accepted."""
    for headers in ((writer,), ()):
        kinds = [message["type"] for message in shake(chat, "/ws", *headers)]
        assert "websocket.accept" not in kinds
        assert kinds


def test_a_websocket_is_closed_where_the_server_knows_nothing_else(chat, writer):
    """A server without denial responses is told to close."""
    scope = websocket_scope("/ws", headers=[writer]) | {"extensions": {}}
    kinds = [message["type"] for message in call(chat, scope, [{"type": "websocket.connect"}])]
    assert kinds == ["websocket.close"]


@pytest.mark.parametrize(("headers", "status"), [((), 401), (("writer",), 403)])
def test_a_websocket_hears_why(chat, request, headers, status):
    """By the status and the challenge of an answer, in Litestar by the code of a close."""
    sent = [request.getfixturevalue(name) for name in headers]
    first, *_ = shake(chat, "/ws", *sent)
    if "on_litestar" in request.node.callspec.id:
        assert (first["type"], first["code"]) == ("websocket.close", 4000 + status)
    else:
        assert (first["type"], first["status"]) == ("websocket.http.response.start", status)
        assert dict(first["headers"])[b"www-authenticate"].startswith(b'Bearer realm="shop"')


@pytest.mark.parametrize("path", [*GUARDED, "/me"])
def test_a_refusal_is_not_stored_and_says_why(app, writer, path):
    """In the framework's own form, or as a problem; never in a cache."""
    for headers, why in (((), "Not authenticated"), ((writer,), "scope needed: reports:read")):
        refused = fetch(app, path, *headers)
        if refused.status_code != 200:  # a token is enough for /me
            assert refused.headers["cache-control"] == "no-store"
            assert why in refused.text


@pytest.mark.parametrize("name", ["bare", "on_quart", "on_django"])
def test_where_the_framework_has_no_form_a_refusal_is_a_problem(name, tokens, writer):
    """With its code, for programs."""
    app = BearerMiddleware(import_module(f"tests.guards.apps.{name}").app, tokens)
    refused = fetch(app, "/reports", writer)
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["status"]) == ("insufficient_scope", 403)


def test_without_the_middleware_nobody_passes():
    """An endpoint that was guarded and is served bare says what is missing."""

    @require("reports:read")
    async def reports(_request):
        return PlainTextResponse("never")

    with pytest.raises(MissingMiddlewareError, match="no BearerMiddleware ran"):
        get(Starlette(routes=[Route("/", reports)]))


def test_outside_of_a_request_nobody_passes():
    """A function that is handed no request, and runs in none, has no caller."""
    with pytest.raises(MissingMiddlewareError):
        require()(lambda: 1)()


def test_what_a_client_sends_is_no_request(tokens, writer):
    """An argument that has a scope of its own decides nothing."""
    sent = SimpleNamespace(scope={"type": "http"})
    seen = []

    @require("reports:read")
    def read(sent):
        seen.append(sent)

    async def endpoint(_scope, _receive, _send):
        read(sent)

    with pytest.raises(InsufficientScopeError):
        get(BearerMiddleware(endpoint, tokens), "/", writer)
    assert seen == []


@pytest.mark.parametrize("wrong", [staticmethod(print), 7, type("Plain", (), {})], ids=str)
def test_what_is_no_endpoint_cannot_be_guarded(wrong):
    """A guard that nothing would ask is refused when it is put up."""
    with pytest.raises(TypeError, match="cannot be guarded"):
        require()(wrong)


def test_a_generator_cannot_be_guarded():
    """Whoever iterates it would not be told."""

    def rows(request):
        yield request

    with pytest.raises(TypeError, match="cannot be guarded"):
        require()(rows)


def test_the_parentheses_are_needed():
    """The endpoint itself in their place is a slip of the pen."""
    with pytest.raises(TypeError, match="with its parentheses"):
        require(print)


def test_a_scope_that_no_token_carries_is_refused():
    """Two scopes in one text are a slip of the pen."""
    with pytest.raises(ValueError, match="contains a space"):
        require("a b")


def test_a_guarded_endpoint_keeps_its_name():
    """Routers name routes by it."""

    @require()
    async def reports(request: Request):
        """Read reports."""

    assert (reports.__name__, reports.__doc__) == ("reports", "Read reports.")
