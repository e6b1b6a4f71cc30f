"""All the applications behind one server, as `uvicorn --workers 2` serves it, with the auth routes.

The header ``x-app`` says which one is meant; each is behind a middleware of its own, on one `Auth`. An
answer, a handshake's included, names the process that gave it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import AccessTokens, Auth, KeyRing, any_of
from tests.guards.conftest import FRAMEWORKS
from tests.guards.conftest import application as application_of
from tests.guards.workers import FOREIGN_ISSUER, FOREIGN_KEY

STARTS = {"http.response.start", "websocket.http.response.start", "websocket.accept"}
WORKER = (b"x-worker", str(os.getpid()).encode())
RULES = [("/open", {"GET": None, "*": "reports:write"}), ("/sync", "authenticated")]

auth = Auth.from_env()
FOREIGN = AccessTokens(KeyRing.from_secret(FOREIGN_KEY), issuer=FOREIGN_ISSUER, audience="shop")
TRUSTED = any_of(auth, FOREIGN) if os.environ.get("TESTS_TRUST_ANOTHER_ISSUER") else auth


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
    """Close what was opened."""
    auth.migrate()
    yield
    auth.close()


def application(name):
    """Return the application of a framework behind the middleware."""
    return BearerMiddleware(application_of(name), TRUSTED, rules=RULES)


accounts = Starlette(routes=[Mount("/auth", create_app(auth))], lifespan=lifespan)
APPS = {
    b"accounts": BearerMiddleware(accounts, TRUSTED),
    **{name.encode(): application(name) for name in FRAMEWORKS},
}


async def app(scope, receive, send):
    """Hand a request to the application that it names."""

    async def signed(message):
        if message["type"] in STARTS:
            message = {**message, "headers": [*message.get("headers", ()), WORKER]}
        await send(message)

    named = dict(scope.get("headers", ())).get(b"x-app", b"accounts")
    await APPS[named](scope, receive, signed)
