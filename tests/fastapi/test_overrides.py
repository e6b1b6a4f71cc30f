"""What tests of applications do: a caller of their own by `app.dependency_overrides`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from jwt_auth_core import Claims
from jwt_auth_fastapi import AuthenticatedUser, current_user, optional_user

# Starlette's client warns that it likes a newer httpx better.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with")


def ada(scopes: Iterable[str] = ()) -> AuthenticatedUser:
    """Return a caller that no token named."""
    return AuthenticatedUser(Claims("ada", frozenset(scopes), None, "a token", 1_800_000_000, 1_800_000_900))


@pytest.fixture(params=["bare", "app"], ids=["without the middleware", "behind the middleware"])
def client(request: pytest.FixtureRequest) -> Any:
    """Return a client of an application where a test says who calls."""
    from fastapi.testclient import TestClient  # noqa: PLC0415 - warns

    app = request.getfixturevalue(request.param)
    app.dependency_overrides[current_user] = lambda: ada({"topics:write"})
    app.dependency_overrides[optional_user] = ada
    return TestClient(app)


def test_the_caller_is_whom_the_test_names(client: Any) -> None:
    """For CurrentUser and OptionalUser, without a token."""
    assert client.get("/me").json()["id"] == "ada"
    assert client.get("/maybe").json() == {"id": "ada"}


def test_scopes_are_still_asked_for(client: Any) -> None:
    """Who holds the scope comes in; who lacks one is told which ones are needed."""
    assert client.get("/write").json() == {"id": "ada"}
    answer = client.get("/both")
    assert (answer.status_code, answer.json()["detail"]) == (403, "scope needed: topics:read topics:write")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_a_websocket_knows_the_caller(client: Any) -> None:
    """And asks for scopes as well."""
    with client.websocket_connect("/socket/write") as socket:
        assert socket.receive_json() == {"id": "ada"}
    client.app.dependency_overrides[current_user] = ada
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/socket/write"):
        pass
    assert getattr(refused.value, "status_code", None) == 403
