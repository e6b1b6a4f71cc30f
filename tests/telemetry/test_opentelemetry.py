"""OpenTelemetry: a span an operation, counters by outcome, and nothing in either that is anybody's secret."""

import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import INVALID_SPAN, StatusCode

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.telemetry.opentelemetry import OpenTelemetryObserver
from jwt_auth_asgi.telemetry.watch import watch
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.events import Refreshed
from jwt_auth_core.vocabulary import Client as Origin
from tests.asgi.drive import bearer, get, refusal, shake
from tests.auth_app.suite.client import ADA, LOGIN, Client
from tests.auth_app.world import broken
from tests.telemetry.conftest import observe


def test_a_login_is_a_span_with_its_outcome(ada, exported):
    """It names the user by id, and the status, as the semantic conventions call them."""
    user_id = ada.login().json()["user_id"]
    attributes = dict(exported.spans["auth.login"].attributes)
    assert attributes == {"auth.outcome": "success", "http.response.status_code": 200, "user.id": user_id}


def test_a_refusal_says_why_and_is_no_fault(ada, exported):
    """The type of the error is its code; the status of the span is left alone."""
    ada.login(password="somebody else's")
    span = exported.spans["auth.login"]
    assert span.attributes["error.type"] == "invalid_credentials"
    assert span.attributes["auth.outcome"] == "failure"
    assert span.status.status_code is StatusCode.UNSET


def test_a_fault_is_one(app_factory, world, exported):
    """A store that does not answer makes the span's status an error, without a message."""
    client = Client(app_factory(broken(world.auth, "refresh")))
    assert client.refresh(json={"refresh_token": "some"}).status_code == 503
    span = exported.spans["auth.refresh"]
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert (span.attributes["error.type"], span.events) == ("store_unavailable", ())


def test_the_words_of_oauth_change_no_type(ada, exported):
    """The token endpoint's own form of an error is of the type that the error is."""
    ada.post("/auth/token", data={"grant_type": "refresh_token", "refresh_token": "some"})
    assert exported.spans["auth.token"].attributes["error.type"] == "refresh_invalid"


def test_a_span_is_below_the_one_around_it(ada, exported):
    """Whoever traces requests finds ours among them."""
    tracer = exported.tracers.get_tracer("a framework")
    with tracer.start_as_current_span("POST /auth/login") as around:
        ada.login()
        assert trace.get_current_span() is around
    assert exported.spans["auth.login"].parent.span_id == around.get_span_context().span_id


def test_a_span_of_somebody_else_is_left_alone(world, exported):
    """A login that the application makes itself names nobody on the application's span."""
    with exported.tracers.get_tracer("an application").start_as_current_span("sign-up"):
        world.auth.register(world.auth.register.parse(ADA), Origin())
    assert dict(exported.spans["sign-up"].attributes) == {}


def test_operations_are_counted_by_outcome(ada, exported):
    """And so are their durations."""
    ada.login()
    ada.login(password="somebody else's")
    good = {"auth.operation": "login", "auth.outcome": "success"}
    bad = {"auth.operation": "login", "auth.outcome": "failure", "error.type": "invalid_credentials"}
    registered = {"auth.operation": "register", "auth.outcome": "success"}
    for name in ("auth.operations", "auth.operation.duration"):
        points = exported.points(name)
        assert [point for point in points if point[0] != registered] == [(good, 1), (bad, 1)]


def test_events_are_counted_and_a_refresh_among_them(session, exported, world):
    """A successful refresh is counted, though nobody makes an event of it."""
    assert session.refresh().status_code == 200
    assert session.logout().status_code == 200
    found = {(one["auth.event"], one["auth.outcome"]): count for one, count in exported.points("auth.events")}
    assert found["refresh_succeeded", "success"] == 1
    assert found["logged_out", "success"] == 1
    assert "refresh_succeeded" not in [event.name for event in world.events]


def test_a_refresh_is_counted_once_where_somebody_subscribed(session, exported, world):
    """Then it is an event, too."""
    told = []
    world.auth.on(Refreshed)(told.append)
    assert session.refresh().status_code == 200
    found = {one["auth.event"]: count for one, count in exported.points("auth.events")}
    assert (found["refresh_succeeded"], len(told)) == (1, 1)


def test_an_event_is_counted_once_however_many_applications_there_are(app_factory, world, exported):
    """Two applications on one `Auth` hear of the same event."""
    Client(app_factory(world.auth)).register()
    Client(app_factory(world.auth)).login()
    found = {one["auth.event"]: count for one, count in exported.points("auth.events")}
    assert found == {"user_registered": 1, "login_succeeded": 1}


def test_a_refused_request_is_counted_by_its_error(spy, tokens, expired, exported):
    """Requests and websockets alike, by what is wrong with them."""
    app = BearerMiddleware(spy, tokens, public=())
    assert get(app).status == 401
    assert get(app, "/", bearer(expired)).status == 401
    assert refusal(shake(app, "/", bearer(expired))).status == 401
    assert exported.points("auth.refusals") == [
        ({"error.type": "not_authenticated"}, 1),
        ({"error.type": "token_expired"}, 2),
    ]


def test_a_ticket_of_a_websocket_is_a_span(session, world, exported, spy):
    """The handshake that redeems one is traced, and says why where it fails."""
    token = session.login().json()["access_token"]
    made = session.post("/auth/ws-ticket", headers={"authorization": f"Bearer {token}"})
    app = BearerMiddleware(spy, world.auth)
    offered = f"bearer, {made.json()['ticket']}"
    assert shake(app, offered=offered)[0]["type"] == "websocket.accept"
    assert exported.spans["auth.redeem_ws_ticket"].attributes["auth.outcome"] == "success"
    assert refusal(shake(app, offered=offered)).status == 401
    second = exported.spans["auth.redeem_ws_ticket"]
    assert second.attributes["error.type"] == "token_invalid"
    assert second.status.status_code is StatusCode.UNSET


def test_nothing_of_a_person_leaves_but_the_id(session, exported, world, taint):
    """No secret, e-mail or address is in a span or metric, and no id in a metric."""
    # LOG-1
    session.login(password="somebody else's")
    user_id = session.login().json()["user_id"]
    session.refresh()
    session.logout()
    told = exported.everything()
    assert taint.leaks(told) == []
    for text in (ADA["email"], LOGIN["password"], session.peer[0], "python-httpx", session.token or "?"):
        assert text not in told
    names = ("auth.operations", "auth.operation.duration", "auth.events", "auth.refusals")
    assert user_id not in repr([exported.points(name) for name in names])
    assert world.events


def test_without_an_sdk_nothing_is_made_current(monkeypatch):
    """What the API alone gives is no span, and the context stays as it is."""
    observe(monkeypatch, OpenTelemetryObserver(trace.NoOpTracerProvider()))
    with watch("login") as watched:
        assert trace.get_current_span() is INVALID_SPAN
        watched.answered(200, None)


def test_what_is_not_sampled_is_current_all_the_same(monkeypatch):
    """So whoever traces below it does not begin anew."""
    observe(monkeypatch, OpenTelemetryObserver(TracerProvider(sampler=ALWAYS_OFF)))
    with watch("login"):
        assert trace.get_current_span().get_span_context().is_valid
        assert not trace.get_current_span().is_recording()


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (asyncio.CancelledError(), StatusCode.UNSET),
        (StoreUnavailableError("redis"), StatusCode.ERROR),
        (ZeroDivisionError(), StatusCode.ERROR),
    ],
)
def test_an_operation_that_raises_says_what(exported, raised, status):
    """Whose client went away is no fault; the exception goes on."""
    with pytest.raises(type(raised)), watch("login"):
        raise raised
    span = exported.spans["auth.login"]
    assert span.attributes["error.type"] == getattr(raised, "code", type(raised).__name__)
    assert span.status.status_code is status


def test_an_answer_that_nobody_named_is_of_its_status(exported):
    """As the semantic conventions have it."""
    with watch("login") as watched:
        watched.answered(404, None)
    assert exported.spans["auth.login"].attributes["error.type"] == "404"
