"""What `require` guards is found by who looks for routes that are not."""

import importlib

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.testing import assert_all_protected

LIMITED = {"/limited", "/limited-sync", "/ws-limited"}
PAGES = {"on_fastapi": {"/docs", "/docs/*", "/openapi.json", "/redoc"}}


@pytest.fixture(params=["on_starlette", "on_fastapi", "on_litestar"])
def framework(request):
    """Return each framework whose routes can be read."""
    return request.param


@pytest.fixture
def app(framework, tokens):
    """Return the application of the framework."""
    return BearerMiddleware(importlib.import_module(f"tests.guards.apps.{framework}").app, tokens)


@pytest.fixture
def known(framework):
    """Return what is open there, and is not what the tests look for."""
    return LIMITED | PAGES.get(framework, set())


def test_only_the_open_route_is_open(app, tokens, known):
    """It is the one that the table names."""
    with pytest.raises(AssertionError, match="let strangers in") as failed:
        assert_all_protected(app, tokens, except_=known)
    assert 'except_={"/open"}' in str(failed.value)


def test_nothing_is_in_doubt(app, tokens, known):
    """Functions, classes and websockets say of themselves that they are guarded, or refuse when called."""
    found = assert_all_protected(app, tokens, except_=known | {"/open"})
    assert len(found.unknown) == 0
