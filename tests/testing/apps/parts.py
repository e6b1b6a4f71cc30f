"""What the applications share: an auth, a file to serve, and a bare ASGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.auth import Auth
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_passwords

SECRET = "a secret that only these tests use, forty-odd bytes"
FILES = Path(__file__).parent / "files"

tokens = AccessTokens(KeyRing.from_secret(SECRET))


def made_auth() -> Auth:
    """Return an Auth with the key of `tokens` and stores in memory; its threads start when it is asked."""
    settings = Settings(jwt_key=Secret(SECRET), database_url=Secret("sqlite://"))
    return Auth.from_settings(settings, passwords=cheap_passwords())


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Answer everybody."""
    await PlainTextResponse("bare")(scope, receive, send)


def files() -> StaticFiles:
    """Return an application that serves one file."""
    return StaticFiles(directory=FILES)


def fenced(app: Any, *, is_forgotten: bool, public: frozenset[str] = frozenset()) -> Any:
    """Return an application behind a middleware that lets nobody in; bare where that was forgotten."""
    return app if is_forgotten else BearerMiddleware(app, tokens, public=public)


class Calls(list[tuple[str, bool]]):
    """An endpoint's calls, by method, and whether anybody was known."""

    def endpoint(self, status: int = 200) -> Any:
        async def endpoint(request: Any) -> Any:
            self.append((request.method, request.user.identity != ""))
            return PlainTextResponse("", status)

        return endpoint


def app_of(*routes: Any, **options: Any) -> Starlette:
    """Return a Starlette application behind the middleware."""
    middleware = [Middleware(BearerMiddleware, auth=tokens, **options)]
    return Starlette(routes=list(routes), middleware=middleware)
