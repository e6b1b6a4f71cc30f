"""An application whose routes ask for the caller in every way, and tokens for it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core import safe_query
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_fastapi import AuthenticatedUser, CurrentUser, OptionalUser, require_scopes
from tests.auth_app.world import KEY
from tests.databases import SHARED
from tests.servers import postgres

SECRET = "a secret that only these tests use, forty-odd bytes"
NOW = 1_800_000_000

Writer = Annotated[AuthenticatedUser, Depends(require_scopes("topics:write"))]


def build(**options: Any) -> FastAPI:
    """Return the application, without the middleware."""
    app = FastAPI(**options)

    @app.get("/me")
    async def me(user: CurrentUser) -> dict[str, object]:
        return {"id": user.identity, "session": user.session_id, "scopes": sorted(user.claims.scopes)}

    @app.get("/maybe")
    async def maybe(user: OptionalUser) -> dict[str, object]:
        return {"id": user.identity if user else None}

    @app.get("/write")
    async def write(user: Writer) -> dict[str, object]:
        return {"id": user.identity}

    @app.get("/both", dependencies=[Depends(require_scopes("topics:write", "topics:read"))])
    def both(user: CurrentUser) -> dict[str, object]:
        return {"id": user.identity}

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: CurrentUser) -> None:
        await websocket.accept()
        await websocket.send_json({"id": user.identity})
        await websocket.close()

    @app.websocket("/socket/write")
    async def scoped_socket(websocket: WebSocket, user: Writer) -> None:
        await websocket.accept()
        await websocket.send_json({"id": user.identity})

    return app


@pytest.fixture
def tokens() -> AccessTokens:
    """Return access tokens on a clock that stands still."""
    return AccessTokens(KeyRing.from_secret(SECRET), clock=lambda: NOW)


@pytest.fixture
def token(tokens: AccessTokens) -> str:
    """Return a valid token of subject 42 that may write topics."""
    return tokens.issue(subject="42", scopes={"topics:write"}, session_id="5e55")


@pytest.fixture
def bare() -> FastAPI:
    """Return the application, without the middleware."""
    return build()


@pytest.fixture
def app(tokens: AccessTokens) -> FastAPI:
    """Return the application as users build it."""
    app = build()
    app.add_middleware(BearerMiddleware, auth=tokens)
    return app


@pytest.fixture(params=SHARED)
def database(request, monkeypatch, tmp_path, no_default) -> Generator[str]:  # noqa: ARG001 - it makes one
    """Make the process's own database a new one with a table, and forget it afterwards."""
    monkeypatch.setenv("JWT_KEY", KEY)
    if request.param == "sqlite":
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/notes.sqlite3")
        yield from _with_table("sqlite")
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield from _with_table("postgres")


def _with_table(kind: str) -> Generator[str]:
    safe_query("CREATE TABLE notes (body TEXT UNIQUE NOT NULL)")
    yield kind
