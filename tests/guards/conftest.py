"""The tokens of the middleware's own tests, and an application of each framework behind it."""

import importlib

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.asgi.conftest import clock, tokens

__all__ = ["clock", "tokens"]
FRAMEWORKS = ["bare", "on_starlette", "on_fastapi", "on_litestar", "on_quart", "on_django"]


@pytest.fixture(params=FRAMEWORKS)
def app(request, tokens):
    """Return the application of each framework, behind the middleware."""
    module = importlib.import_module(f"tests.guards.apps.{request.param}")
    return BearerMiddleware(module.app, tokens, realm="shop")


@pytest.fixture(params=[name for name in FRAMEWORKS if name != "on_django"])
def chat(request, tokens):
    """Return the application of each framework that has websockets."""
    module = importlib.import_module(f"tests.guards.apps.{request.param}")
    return BearerMiddleware(module.app, tokens, realm="shop")
