"""The original package's snippet: FastAPI's own bearer scheme and decode_access_token."""

from __future__ import annotations

import logging
import time
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer

from jwt_auth_core import default
from jwt_auth_fastapi import decode_access_token
from tests.asgi.drive import bearer, get, http_scope, request
from tests.asgi.trio_loop import run
from tests.auth_app.world import KEY

REALM = 'Bearer realm="jwt-auth"'
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/auth/login")


@pytest.fixture
def environment(monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Set what a user of the snippet has set, and forget the process's own Auth."""
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    return monkeypatch


@pytest.fixture
def tokens(environment):  # noqa: ARG001 - set first
    """Return the access tokens of the environment's settings."""
    return default.default_auth().tokens


@pytest.fixture
def app():
    """Return the application of the snippet."""
    app = FastAPI()

    @app.get("/questions/topics")
    def topics(token: Annotated[str, Depends(oauth2_scheme)]) -> dict[str, str]:
        user_id = decode_access_token(token)
        return {"user_id": user_id}

    return app


def ask(app, token):
    """Ask for the topics."""
    return get(app, "/questions/topics", bearer(token))


def test_a_valid_token_gives_the_user_id(app, tokens):
    """The helper returns what the original returned."""
    assert ask(app, tokens.issue(subject="42")).json == {"user_id": "42"}


def test_trio_serves_it_too(app, tokens):
    """The helper waits for no event loop."""
    scope = http_scope("/questions/topics", [bearer(tokens.issue(subject="42"))])
    assert request(app, scope, run=run).json == {"user_id": "42"}


def test_an_expired_token_is_named(app, tokens):
    """401, with exactly the documented words."""  # JWT-11
    answer = ask(app, tokens.issue(subject="42", now=int(time.time()) - 10_000))
    challenge = f'{REALM}, error="invalid_token", error_description="Access token expired"'
    assert (answer.status, answer.challenge) == (401, challenge)
    assert answer.json == {"detail": "Access token expired"}


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30"])
@pytest.mark.usefixtures("environment")
def test_a_forged_token_is_refused(app, token):
    """401, and nothing of the token comes back."""  # JWT-16
    answer = ask(app, token)
    challenge = f'{REALM}, error="invalid_token", error_description="Invalid access token"'
    assert (answer.status, answer.challenge) == (401, challenge)
    assert answer.json == {"detail": "Invalid access token"}


def test_wrong_settings_are_unavailable(app, environment, caplog):
    """503 to the client, the variable's name to the operator."""
    environment.delenv("JWT_KEY")
    with caplog.at_level(logging.ERROR, "jwt_auth"):
        answer = ask(app, "x")
    assert (answer.status, "JWT_KEY" in str(answer.json)) == (503, False)
    assert answer.headers["retry-after"]
    assert "JWT_KEY is required" in caplog.text
