"""What `require` guards is found by who looks for routes that are not."""

import importlib

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.testing import assert_all_protected

PAGES = {"/docs", "/docs/*", "/openapi.json", "/redoc", "/limited", "/limited-sync", "/ws-limited"}


@pytest.fixture(params=["on_starlette", "on_fastapi", "on_litestar"])
def app(request, tokens):
    """Return the application of each framework whose routes can be read."""
    return BearerMiddleware(importlib.import_module(f"tests.guards.apps.{request.param}").app, tokens)


def test_only_the_open_route_is_open(app, tokens):
    """It is the one that the table names."""
    with pytest.raises(AssertionError, match="let strangers in") as failed:
        assert_all_protected(app, tokens, except_=PAGES)
    assert 'except_={"/open"}' in str(failed.value)


def test_nothing_is_in_doubt(app, tokens):
    """Functions, classes and websockets say of themselves that they are guarded, or refuse when called."""
    found = assert_all_protected(app, tokens, except_=PAGES | {"/open"})
    assert len(found.unknown) == 0
