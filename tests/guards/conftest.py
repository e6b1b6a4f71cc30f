"""The tokens of the middleware's own tests."""

from tests.asgi.conftest import clock, tokens

__all__ = ["clock", "tokens"]
