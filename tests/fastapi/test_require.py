"""FastAPI's `require`: the guard of every framework, and its scopes in the OpenAPI document."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.guard import guard_of
from jwt_auth_asgi.testing import headers_for
from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_fastapi import require

TOKENS = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))
READ = "reports:read-by-require"

app = FastAPI()
app.add_middleware(BearerMiddleware, auth=TOKENS)


@app.get("/awaited/{number}")
@require(READ)
async def awaited(number: int, limit: Annotated[int, "how many"] = 3) -> dict[str, int]:
    return {"number": number, "limit": limit}


@app.get("/plain")
@require(READ, "reports:export")
def plain(**more: str) -> str:
    return f"plain {more}"


@app.get("/any")
@require()
def anybody() -> str:
    return "anybody"


@app.websocket("/ws")
@require(READ)
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def client():
    """Return a client of the application."""
    with TestClient(app) as made:
        yield made


def test_a_token_that_covers_the_scopes_passes(client):
    """Parameters arrive as without it."""
    headers = headers_for(TOKENS, scopes={"reports:*"})
    assert client.get("/awaited/7?limit=5", headers=headers).json() == {"number": 7, "limit": 5}
    assert client.get("/plain?more=x", headers=headers).status_code == 200


def test_others_are_refused(client):
    """403 with the challenge, 401 for nobody."""
    refused = client.get("/plain?more=x", headers=headers_for(TOKENS, scopes={READ}))
    assert (refused.status_code, "insufficient_scope" in refused.headers["www-authenticate"]) == (403, True)
    assert client.get("/awaited/7").status_code == 401


def test_a_websocket_is_guarded(client):
    """Let in with the scope."""
    with client.websocket_connect("/ws", headers=headers_for(TOKENS, scopes={READ})):
        pass


@pytest.mark.parametrize(
    ("path", "scopes"), [("/awaited/{number}", [READ]), ("/plain", ["reports:export", READ]), ("/any", [])]
)
def test_the_document_shows_the_scopes(path, scopes):
    """Beside the route, in the flow's list, and nothing of how: no parameter of ours."""
    document = app.openapi()
    operation = document["paths"][path]["get"]
    ((name, shown),) = operation["security"][0].items()
    assert shown == scopes
    flow = document["components"]["securitySchemes"][name]["flows"]["password"]
    assert set(scopes) <= set(flow["scopes"])
    assert "jwt_auth" not in str(operation)


def test_who_reads_routes_finds_the_guard():
    """The mark is that of any `require`."""
    assert str(guard_of(plain)) == f"require(reports:export, {READ})"


def test_what_is_no_function_is_guarded_as_everywhere():
    """FastAPI shows no ASGI callables."""

    class Files:
        async def __call__(self, _scope, _receive, _send):
            raise AssertionError

    assert guard_of(require(READ)(Files())) is not None
