"""The forgotten guard: in an application with routes of all kinds, each is found, and nothing else is."""

import pytest

from jwt_auth_asgi.testing.examination import examine
from tests.testing.apps import on_fastapi, on_litestar, on_starlette
from tests.testing.apps.parts import made_auth, tokens

APPS = {"fastapi": on_fastapi, "starlette": on_starlette, "litestar": on_litestar}
CASES = [(name, forgotten) for name, app in APPS.items() for forgotten in app.GUARDS]
UNREADABLE = {  # of Starlette's and Litestar's own guards, which nobody can read
    "fastapi": set(),
    "starlette": set(),
    "litestar": {"POST /post", "DELETE /things/one", "* /asgi"},
}


@pytest.fixture(scope="module")
def auth():
    """Return what the auth routes of the applications belong to."""
    made = made_auth()
    yield made
    made.close()


def examined(app, auth, forgotten=""):
    """Return what an examination finds to be open and unknown, by method and path."""
    done = examine(app.build(forgotten, auth), tokens, except_=getattr(app, "OPEN", ()))
    return [{f"{one.route.method} {one.route.path}" for one in found} for found in (done.open, done.unknown)]


@pytest.mark.parametrize("name", APPS)
def test_nothing_is_found_where_nothing_was_forgotten(name, auth):
    """Every route is guarded or refuses; of methods that are not called, the unreadable ones are unknown."""
    assert examined(APPS[name], auth) == [set(), UNREADABLE[name]]


@pytest.mark.parametrize(("name", "forgotten"), CASES)
def test_what_was_forgotten_is_found_and_nothing_else(name, forgotten, auth):
    """What GET, HEAD or a handshake reaches is open; of other methods it is said that nobody knows."""
    open_, unknown = examined(APPS[name], auth, forgotten)
    expected = APPS[name].GUARDS[forgotten]
    assert open_ == {one for one in expected if one.startswith(("GET", "HEAD", "WEBSOCKET"))}
    assert unknown == UNREADABLE[name] | (expected - open_)
