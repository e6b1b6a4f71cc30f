"""Values of the test's own for parameters: what harmless ones cannot tell."""

from dataclasses import replace

import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.testing import assert_all_protected
from jwt_auth_asgi.testing.examination import examine
from jwt_auth_asgi.testing.walk import START, walk
from tests.testing.apps.parts import app_of, tokens


def test_a_value_for_no_parameter_is_a_mistake(calls):
    """Nothing would be tried by it."""
    app = app_of(Route("/notes/{note}", calls.endpoint()), public=())
    with pytest.raises(AssertionError, match=r"^no path has a parameter that values= names: /notes, id$"):
        assert_all_protected(app, tokens, values={"id": [1], "/notes": ["/notes"], "note": [1]})


@pytest.mark.parametrize(("several", "kind"), [("ada", TypeError), (7, TypeError), ([], ValueError)])
def test_values_are_several(calls, several, kind):
    """The letters of a text are none of what is meant."""
    with pytest.raises(kind):
        assert_all_protected(app_of(Route("/{note}", calls.endpoint())), tokens, values={"note": several})


def picky(request):
    """Answer by what is asked for."""
    answers = {"ada/1": 401, "ada/2": 200, "eve/1": 403}
    found = "/".join(request.path_params.values())
    return PlainTextResponse(found, answers.get(found, 404))


PICKY = "/users/{user}/notes/{note}"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "unknown"),
        ({"user": ["ada"]}, "unknown"),
        ({"user": ["ada"], "note": [1]}, "refused"),
        ({"user": ["ada", "eve"], "note": [1]}, "refused"),
        ({"user": ["ada"], "note": [1, 2]}, "open"),
        ({"user": ["ada", "eve"], "note": [1, 2]}, "unknown"),
        ({PICKY: ["/users/ada/notes/1", "/users/eve/notes/1"]}, "refused"),
        ({PICKY: ["/users/ada/notes/2"], "note": [1]}, "open"),
        ({f"HEAD {PICKY}": ["/users/ada/notes/1"]}, "unknown"),
    ],
)
def test_a_route_is_judged_by_the_values_that_are_given(values, state):
    """By each of them, the first ones together and then the next; or by whole paths."""
    found = examine(app_of(Route(PICKY, picky, methods=["GET"])), tokens, values=values)
    assert found.findings[0].state.value == state


def test_values_reach_what_is_mounted_and_hosted():
    """Wherever their parameter stands; a rule for such a path is read."""
    inner = Starlette(routes=[Route("/notes/{note}", picky)])
    app = Starlette(routes=[Mount("/users/{user}", inner), Host("{user}.example.org", inner)])
    routes = list(walk(app, replace(START, values={"user": "ada", "note": "1"})))
    assert {(one.host, one.url) for one in routes} == {
        ("", "/users/ada/notes/1"),
        ("ada.example.org", "/notes/1"),
    }
    fenced = BearerMiddleware(app, tokens, rules=[("/users/ada", "notes:read")])
    found = examine(fenced, tokens, values={"user": ["ada"], "note": ["1"]})
    assert [one.state.value for one in found.findings if not one.route.host] == ["guarded"] * 2


def test_values_reach_litestar():
    """Whose paths name their types."""

    @get("/notes/{note:int}", sync_to_thread=False)
    def note(note: FromPath[int]) -> str:
        return str(note)

    app = Litestar([note], openapi_config=None, logging_config=None)
    (route, *_) = walk(app, replace(START, values={"note": "7"}))
    assert route.url == "/notes/7"
    assert examine(app, tokens, values={"note": [7]}).unused_values == ()
