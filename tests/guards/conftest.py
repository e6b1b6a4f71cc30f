"""An application of each framework behind the middleware, which trusts one issuer, or several."""

import importlib

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, KeyRing, any_of
from tests.asgi.conftest import SECRET, clock

__all__ = ["clock"]
FRAMEWORKS = ["bare", "on_starlette", "on_fastapi", "on_litestar", "on_quart", "on_django"]
WITH_WEBSOCKETS = [name for name in FRAMEWORKS if name != "on_django"]
OURS = KeyRing.from_secret("a secret of our own, beside that of another issuer")


@pytest.fixture
def tokens(clock):
    """Return the tokens of an issuer that has a name, so that it can stand beside ours."""
    key = KeyRing.from_secret(SECRET)
    return AccessTokens(key, issuer="https://id.example.com", audience="shop", clock=clock)


@pytest.fixture
def ours(clock):
    """Return tokens as an `Auth` issues them to its users."""
    return AccessTokens(OURS, clock=clock)


@pytest.fixture(params=["alone", "beside ours"])
def trusted(request, tokens, ours):
    """Return what the middleware verifies by: these tokens alone, or any of two issuers."""
    return tokens if request.param == "alone" else any_of(ours, tokens)


def application(name):
    """Return the application of a framework."""
    return importlib.import_module(f"tests.guards.apps.{name}").app


@pytest.fixture(params=FRAMEWORKS)
def app(request, trusted):
    """Return the application of each framework, behind the middleware."""
    return BearerMiddleware(application(request.param), trusted, realm="shop")


@pytest.fixture(params=WITH_WEBSOCKETS)
def chat(request, trusted):
    """Return the application of each framework that has websockets."""
    return BearerMiddleware(application(request.param), trusted, realm="shop")
