"""assert_all_protected: what it says, what it calls, and what it leaves alone."""

import asyncio
import re
import warnings
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from jwt_auth_asgi import create_app
from jwt_auth_asgi.testing import State, UnknownRoutesWarning, assert_all_protected
from jwt_auth_asgi.testing.table import table
from jwt_auth_core import AccessTokens, KeyRing, any_of
from tests.testing.apps.parts import SECRET, app_of, made_auth, tokens

KEYS = KeyRing.from_secret(SECRET)
FOREIGN = AccessTokens(KEYS, issuer="https://id.example", audience="api", profile="okta")


def test_the_table_says_what_answered(calls):
    """A line a path, with each answer, and what to write where that is on purpose."""
    app = app_of(Route("/notes/{note}", calls.endpoint()))
    with pytest.raises(AssertionError) as failed:
        assert_all_protected(app, tokens)
    said = str(failed.value).splitlines()
    assert said[0] == "2 routes of 2 let strangers in:"
    assert said[2].split() == [
        "path",
        "method",
        "state",
        "guarded",
        "by",
        "without",
        "bad",
        "expired",
        "scopeless",
    ]
    assert said[3].split() == ["/notes/{note}", "GET,", "HEAD", "open", "-", "200", "401", "401", "200"]
    assert 'except_={"/notes/{note}"}' in said[-1]


@pytest.mark.parametrize("exception", ["/notes/{note}", "/notes/*", "GET /notes/{note}", "GET /notes/*"])
def test_what_is_open_on_purpose_is_named(calls, exception):
    """By its path, all below a path, or one method of it; then it is not called."""
    app = app_of(Route("/notes/{note}", calls.endpoint(), methods=["GET"]))
    found = assert_all_protected(app, tokens, except_={exception, "HEAD /notes/{note}"})
    assert [one.state for one in found.findings] == [State.EXCEPTED, State.EXCEPTED]
    assert calls == []


def test_an_exception_is_for_nothing_beside_it(calls):
    """A folder is no prefix of a word, and one method is not the other."""
    app = app_of(Route("/notesandmore", calls.endpoint()))
    with pytest.raises(AssertionError, match="1 route of 2"):
        assert_all_protected(app, tokens, except_={"/notes/*", "HEAD /notesandmore"})


def test_an_exception_that_no_route_has_is_a_mistake(calls):
    """Most likely the route has moved; the next one of that path would be open unseen."""
    app = app_of(Route("/notes", calls.endpoint(), methods=["POST"]))
    with pytest.raises(AssertionError, match=r"^no route has what except_= names: /note\n\n"):
        assert_all_protected(app, tokens, except_={"/note"})


def test_other_methods_are_unknown_and_never_called(calls):
    """A warning names them; a forgotten DELETE deletes nothing."""
    app = app_of(Route("/notes", calls.endpoint(), methods=["POST", "DELETE", "PURGE"]))
    with pytest.warns(UnknownRoutesWarning, match="(?s)3 routes let .*POST, DELETE, PURGE"):
        found = assert_all_protected(app, tokens)
    assert [one.route.method for one in found.unknown] == ["POST", "DELETE", "PURGE"]
    assert calls == []


def test_a_method_that_call_names_is_called_by_strangers_alone(calls):
    """A forgotten DELETE is found so; nobody with a good token calls it."""
    app = app_of(Route("/notes", calls.endpoint(), methods=["DELETE"]))
    with pytest.raises(AssertionError, match=r"/notes\s+DELETE\s+open\s+-\s+200\s+401\s+401\s+-\n"):
        assert_all_protected(app, tokens, call={"delete"})
    assert calls == [("DELETE", False)]


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_an_answer_that_says_nothing_about_callers_is_unknown(calls, status):
    """A forgotten route that finds no such note has not refused anybody."""
    app = app_of(Route("/notes/{note}", calls.endpoint(status)))
    with pytest.warns(UnknownRoutesWarning, match=f"{status} says nothing about callers"):
        assert_all_protected(app, tokens)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_protects(calls, status):
    """Whoever wrote the guard."""
    app = app_of(Route("/notes", calls.endpoint(status)))
    found = assert_all_protected(app, tokens)
    assert [one.state for one in found.findings] == [State.REFUSED, State.REFUSED]


@pytest.mark.parametrize("status", [200, 204, 302, 500, 503])
def test_served_sent_elsewhere_and_crashed_are_open(calls, status):
    """A crash says that the door was passed."""
    with pytest.raises(AssertionError, match=str(status)):
        assert_all_protected(app_of(Route("/notes", calls.endpoint(status))), tokens)


def test_a_crash_is_named():
    """By the exception that left the application, in one line."""

    def crash(_request):
        raise ValueError("no pool\nstart me first")

    with pytest.raises(AssertionError, match="ValueError: no pool\n"):
        assert_all_protected(app_of(Route("/notes", crash)), tokens)


def test_an_application_that_does_not_answer_is_open():
    """It let the caller in, and sent nothing."""

    async def silent(scope, receive, send):
        del scope, receive, send

    with pytest.raises(AssertionError, match="no answer"):
        assert_all_protected(app_of(Mount("/silent", silent)), tokens)


def test_an_endpoint_that_never_ends_is_left():
    """Once it has begun to answer, enough is known."""

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    with pytest.raises(AssertionError, match="1 route of 3"):
        assert_all_protected(app_of(Mount("/endless", endless)), tokens, call={"HEAD"})


def test_a_guard_that_believes_every_token_is_found():
    """A bad and an expired token are tried as well: here nobody verifies them."""

    async def endpoint(request):
        return PlainTextResponse("", 200 if "authorization" in request.headers else 401)

    with pytest.raises(AssertionError, match=r"401\s+200\s+200"):
        assert_all_protected(Starlette(routes=[Route("/notes", endpoint)]), tokens)


def test_of_another_issuer_nobody_can_make_an_expired_token(calls):
    """The columns stay empty; without credentials and with a bad token it is tried."""
    app = app_of(Route("/notes", calls.endpoint(401), methods=["GET"]))
    found = assert_all_protected(app, any_of(FOREIGN))
    assert set(found.findings[0].answers) == {"without", "bad"}


def test_the_application_is_not_started(calls):
    """A lifespan is the test's to run."""

    @asynccontextmanager
    async def lifespan(_app):
        raise AssertionError("this is never started")
        yield

    app = app_of(Route("/notes", calls.endpoint(401)))
    app.router.lifespan_context = lifespan
    assert_all_protected(app, tokens)


def test_a_websocket_must_be_refused_before_it_is_accepted():
    """A refusal afterwards comes too late."""

    async def late(websocket):
        await websocket.accept()
        await websocket.close(3000)

    async def early(websocket):
        await websocket.close(3000)

    assert_all_protected(app_of(WebSocketRoute("/early", early)), tokens)
    with pytest.raises(AssertionError, match=r"/late\s+WEBSOCKET\s+open\s+-\s+accepted\s+401\s+401"):
        assert_all_protected(app_of(WebSocketRoute("/late", late)), tokens)


async def test_an_asynchronous_test_calls_it_in_the_same_way(calls):
    """A loop that is running is no hindrance."""
    assert assert_all_protected(app_of(Route("/notes", calls.endpoint(401))), tokens).findings


def test_of_the_auth_apps_own_routes_the_table_says_no_more():
    """Who may do what there is said in each of them."""
    auth = made_auth()
    found = assert_all_protected(app_of(Mount("/auth", create_app(auth))), auth)
    auth.close()
    row = r"^/auth/me +GET, HEAD, PATCH, DELETE +guarded +jwt-auth +- +- +- +-$"
    assert re.search(row, table(found.findings), re.MULTILINE)


def test_without_doubts_nothing_is_warned_of(calls):
    """The result lists what was looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = assert_all_protected(app_of(Route("/notes", calls.endpoint(403))), tokens)
    assert (found.open, found.unknown) == ((), ())


@pytest.mark.parametrize("options", [{"except_": "/notes"}, {"call": "POST"}])
def test_one_text_is_no_collection(options):
    """It would be read letter by letter."""
    with pytest.raises(TypeError, match="collections such as"):
        assert_all_protected(app_of(), tokens, **options)
