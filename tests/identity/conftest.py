"""The clock, the tokens and the applications of the tests of the middleware."""

from tests.asgi.conftest import app, clock, echo, expired, spy, token, tokens

__all__ = ["app", "clock", "echo", "expired", "spy", "token", "tokens"]
