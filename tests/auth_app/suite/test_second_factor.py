"""A login whose password is right and not enough, as every way to log in over HTTP answers it."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.vocabulary import Secret
from tests.auth_app.suite.client import ADA, FORM, LOGIN, Client

WHO = {"username": LOGIN["email"], "password": LOGIN["password"]}
ASKED = {"challenge": "login.abc", "factors": ["totp", "recovery"], "expires_in": 300}


@pytest.fixture
def asked(app_factory, world):
    """Return a client of an application whose users all have a second factor."""
    auth, challenge = world.auth, Challenge(Secret("login.abc"), ("totp", "recovery"), 300)
    opening = replace(auth.login.open_session, second_factor=lambda _: challenge)
    client = Client(app_factory(replace(auth, login=replace(auth.login, open_session=opening))))
    assert client.post("/auth/register", json=ADA).status_code == 201
    return client


def members(answer, *names):
    """Return some members of a document."""
    return {name: answer.json()[name] for name in names}


def test_what_is_missing_is_told(asked):
    """A problem that names the challenge and what completes it; no token, no cookie."""
    answer = asked.login()
    assert answer.status_code == 401
    assert members(answer, "code", *ASKED) == {"code": "second_factor_required", **ASKED}
    assert "access_token" not in answer.json()
    assert not asked.cookies


def test_the_form_of_swagger_is_told_the_same(asked):
    """With the words of OAuth beside it."""
    answer = asked.post("/auth/login", content=urlencode(WHO), headers={"content-type": FORM})
    assert answer.status_code == 401
    assert members(answer, "error", *ASKED) == {"error": "mfa_required", **ASKED}


def test_the_token_endpoint_tells_it_as_an_error_of_oauth(asked):
    """400, since 401 is for clients there."""
    content = urlencode({"grant_type": "password", **WHO})
    answer = asked.post("/auth/token", content=content, headers={"content-type": FORM})
    assert answer.status_code == 400
    assert members(answer, "error", *ASKED) == {"error": "mfa_required", **ASKED}
    assert "www-authenticate" not in answer.headers
