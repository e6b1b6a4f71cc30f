"""Limits of the application's own: ASGI applications, endpoints of Starlette, functions of both colours."""

from __future__ import annotations

import sys
import threading

import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from jwt_auth_asgi import rate_limit
from jwt_auth_asgi.rate_limits.limit import rule_name
from tests.asgi.drive import call, get, refusal, shake
from tests.rate_limits.counting import THERE, counting, overloaded, statuses


@pytest.fixture
def auth():
    """Return what counts, from the start."""
    return counting()


async def hello(scope, receive, send):
    """Answer as an ASGI application does, of http and of websockets."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def said(_request):
    """Answer as an async endpoint does."""
    return PlainTextResponse("async")


def said_by_thread(_request):
    """Answer as a sync endpoint does."""
    return PlainTextResponse(threading.current_thread().name)


class Page(HTTPEndpoint):
    """A class of endpoints."""

    async def get(self, _request):
        """Answer a GET."""
        return PlainTextResponse("class")


def starlette(endpoint):
    """Return an application of one route."""
    return Starlette(routes=[Route("/", endpoint)])


FORMS = {
    "an ASGI function": lambda limit: limit(hello),
    "an ASGI application": lambda limit: limit(starlette(said)),
    "an async function": lambda limit: starlette(limit(said)),
    "a sync function": lambda limit: starlette(limit(said_by_thread)),
    "a class": lambda limit: starlette(limit(Page)),
    "a bound method": lambda limit: starlette(limit(Bound().said)),
    "a mounted application": lambda limit: Starlette(routes=[Mount("/", limit(starlette(said)))]),
}


class Bound:
    """Has an endpoint as a method."""

    async def said(self, _request):
        """Answer."""
        return PlainTextResponse("bound")


@pytest.mark.parametrize("form", FORMS)
def test_whatever_it_decorates_is_limited(auth, form):
    """The third of three requests is refused, and another address is served."""
    app = FORMS[form](rate_limit("2/minute", auth=auth, name="form"))
    assert statuses(app, 3) == [200, 200, 429]
    assert statuses(app, 1, THERE) == [200]


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_says_what_is_left_and_a_refusal_when_to_come_again(auth, form):
    """Both have the fields of the draft, the application's own headers stay."""
    app = FORMS[form](rate_limit("1/minute", auth=auth, name="form"))
    served, refused = get(app), get(app)
    assert served.headers["ratelimit"] == '"form";r=0;t=60'
    assert served.headers["ratelimit-policy"] == refused.headers["ratelimit-policy"] == '"form";q=1;w=60'
    assert (refused.json["code"], refused.headers["retry-after"]) == ("rate_limited", "60")


def test_a_class_stays_a_class(auth):
    """It has its name, its methods, and can be inherited from."""
    limited = rate_limit("1/minute", auth=auth)(Page)
    assert issubclass(limited, Page)
    assert (limited.__name__, limited.__doc__, limited.__module__) == ("Page", Page.__doc__, Page.__module__)


def test_a_sync_function_stays_in_its_thread(auth):
    """Neither it nor its limit holds up the event loop."""
    app = starlette(rate_limit("1/minute", auth=auth)(said_by_thread))
    assert get(app).body != threading.main_thread().name.encode()


SOCKETS = {
    "an ASGI function": lambda limit: limit(hello),
    "a function": lambda limit: Starlette(routes=[WebSocketRoute("/", limit(talk))]),
    "a class": lambda limit: Starlette(routes=[WebSocketRoute("/", limit(Talk))]),
}


async def talk(websocket):
    """Accept, as an endpoint does."""
    await websocket.accept()


class Talk(WebSocketEndpoint):
    """Accepts, as a class of endpoints does."""


@pytest.mark.parametrize("form", SOCKETS)
def test_a_websocket_is_refused_before_it_is_accepted(auth, form):
    """With the same problem where the server can say it, else with a close."""
    app = SOCKETS[form](rate_limit("1/minute", auth=auth, name="form"))
    assert shake(app)[0]["type"] == "websocket.accept"
    refused = refusal(shake(app))
    assert (refused.status, refused.json["code"], refused.headers["retry-after"]) == (
        429,
        "rate_limited",
        "60",
    )
    assert shake(app, extensions={}) == [{"type": "websocket.close", "code": 1008}]


def test_a_lifespan_passes(auth):
    """What is no request is not counted."""
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope["type"])

    call(rate_limit("1/minute", auth=auth)(app), {"type": "lifespan"})
    assert seen == ["lifespan"]


def test_a_head_request_is_refused_without_content(auth):
    """The headers are those of a GET."""
    app = rate_limit("1/minute", auth=auth)(hello)
    get(app)
    refused = get(app, method="HEAD")
    assert (refused.status, refused.body, refused.headers["content-length"]) == (429, b"", "110")


def test_each_route_has_a_rule_of_its_own(auth):
    """Two functions under one decorator are two limits; one name makes them one."""
    limit, shared = rate_limit("1/minute", auth=auth), rate_limit("1/minute", auth=auth, name="both")
    apps = [starlette(wrap(one)) for wrap in (limit, shared) for one in (said, said_by_thread)]
    assert [get(app).status for app in apps] == [200, 200, 200, 429]


@pytest.mark.parametrize("form", FORMS)
def test_a_fault_is_a_problem(form):
    """Where too many wait for a store, the client hears when to come again."""
    app = FORMS[form](rate_limit("2/minute", auth=overloaded(), name="form"))
    seen = get(app)
    assert (seen.status, seen.json["code"], seen.headers["retry-after"]) == (503, "overloaded", "1")


def test_without_starlette_applications_are_limited(auth, monkeypatch):
    """Pure ASGI needs no framework."""
    monkeypatch.setitem(sys.modules, "starlette.requests", None)
    assert statuses(rate_limit("1/minute", auth=auth)(hello), 2) == [200, 429]


def test_other_headers_stay(auth):
    """The answer is the application's own, with two lines more."""
    seen = get(rate_limit("3/minute", auth=auth)(hello))
    assert (seen.headers["x-own"], seen.body) == ("1", b"hello")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rates": "ten a minute"}, "must read like"),
        ({"rates": "10/minute", "by": "session"}, "by is one of address, user, not 'session'"),
        ({"rates": "10/minute", "name": "My Limit"}, "lower-case"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(arguments, message):
    """Not at the first request."""
    with pytest.raises(ValueError, match=message):
        rate_limit(**arguments)


def test_what_cannot_be_limited_says_so(auth):
    """An application without a name, a class that is no endpoint, a generator."""
    limit = rate_limit("1/minute", auth=auth)
    with pytest.raises(TypeError, match=r"\(Starlette\): give its limit one, rate_limit\(..., name="):
        limit(starlette(said))
    with pytest.raises(TypeError, match="Bound'> cannot be guarded or limited"):
        limit(Bound)

    async def stream():
        yield b""

    with pytest.raises(TypeError, match=r"stream is a generator .* jwt_auth_fastapi.rate_limit"):
        limit(stream)


@pytest.mark.parametrize(
    ("module", "qualname", "expected"),
    [
        ("shop.views", "export", "shop.views.export"),
        ("__main__", "Page", "main.page"),
        ("shop", "make.<locals>.view", "shop.make.view"),
        ("shop._own", "get__all_", "shop.own.get.all"),
        ("laden", "größe", "laden.gr.e"),
    ],
)
def test_a_rule_is_named_after_its_function(module, qualname, expected):
    """In the letters that rules may have."""
    assert rule_name(module, qualname) == expected
