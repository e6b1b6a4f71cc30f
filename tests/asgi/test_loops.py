"""Another event loop than asyncio's, trio's: tokens are verified, and all else says what it needs."""

import logging

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import any_of
from tests.asgi.drive import bearer, call, http_scope, refusal, request, websocket_scope
from tests.asgi.trio_loop import run
from tests.auth_app.world import World

CONNECT = [{"type": "websocket.connect"}]
SENTENCE = (
    "is served on asyncio or uvloop only, and this is another event loop: "
    "start hypercorn without --worker-class trio"
)


@pytest.fixture
def world():
    """Return an `Auth`, closed afterwards."""
    world = World()
    yield world
    world.close()


def start(app):
    """Have an application start; return what it answered."""
    return call(app, {"type": "lifespan"}, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], run)


def test_a_token_is_verified_on_any_event_loop(spy, tokens, token, expired):
    """Its http requests get the same answers, and the lifespan is the application's."""
    app = BearerMiddleware(spy, tokens)
    assert request(app, http_scope("/", [bearer(token)]), run=run).json["identity"] == "42"
    assert request(app, http_scope("/", [bearer(expired)]), run=run).status == 401
    start(app)
    assert [scope["type"] for scope in spy.scopes] == ["http", "lifespan"]


def test_an_anonymous_websocket_opens_on_any_event_loop(spy, tokens):
    """It has no deadline that a timer would have to keep."""
    (accept,) = call(BearerMiddleware(spy, tokens), websocket_scope(), CONNECT, run)
    assert accept["type"] == "websocket.accept"


def test_a_websocket_with_a_token_says_that_it_needs_asyncio(spy, tokens, token, caplog):
    """Nothing there would end it with its token, so it is refused before it opens."""
    sent = call(BearerMiddleware(spy, tokens), websocket_scope("/", [bearer(token)]), CONNECT, run)
    assert (refusal(sent).status, refusal(sent).json["code"]) == (503, "asyncio_required")
    assert caplog.messages == [f"request refused: a websocket with a token {SENTENCE}"]
    assert spy.scopes == []


def test_an_auth_does_not_start_without_asyncio(spy, world, caplog):
    """The server hears one sentence, and so does the log; the application is not even asked."""
    for auth in (world.auth, None, any_of(world.auth)):
        caplog.clear()
        assert start(BearerMiddleware(spy, auth)) == [
            {"type": "lifespan.startup.failed", "message": f"an Auth {SENTENCE}"}
        ]
        assert caplog.messages == [f"an Auth {SENTENCE}"]
    assert spy.scopes == []


@pytest.mark.parametrize("path", ["/", "/auth/login", "/health"])
def test_without_a_lifespan_each_request_says_so(spy, world, caplog, path):
    """Whether it has a token or not, and wherever it goes."""
    app = BearerMiddleware(spy, world.auth, public={"/health"})
    with caplog.at_level(logging.ERROR):
        answers = [
            request(app, http_scope(path), run=run),
            refusal(call(app, websocket_scope(path), CONNECT, run)),
        ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(503, "asyncio_required")] * 2
    assert caplog.messages == [f"request refused: an Auth {SENTENCE}"] * 2


def test_the_process_own_auth_is_not_made_for_nothing(spy, monkeypatch):
    """Where it could not be served, no settings are read for it."""
    monkeypatch.setattr("jwt_auth_core.default.default_auth", pytest.fail)
    assert request(BearerMiddleware(spy), http_scope("/", [bearer("x.y.z")]), run=run).status == 503
