"""GET /auth/me."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.auth_app.suite.client import Client, problem
from tests.auth_app.world import broken


@pytest.fixture(params=["alone", "behind the middleware"])
def me(request, app_factory, world):
    """Return a client of the application with and without the middleware in front."""
    app = app_factory(world.auth)
    client = Client(app if request.param == "alone" else BearerMiddleware(app, world.auth))
    client.register()
    return client


def bearer(token):
    """Return the header that carries an access token."""
    return {"authorization": f"Bearer {token}"}


def test_the_account_is_returned(me):
    """The answer has these members, and nothing of the password."""
    login = me.login().json()
    answer = me.get("/auth/me", headers=bearer(login["access_token"]))
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": login["user_id"],
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "scopes": [],
    }


def test_scopes_are_listed(me, world):
    """What was granted to the account is listed in order."""
    world.stores.database.query("UPDATE auth_accounts SET scopes = %s", ("topics:write topics:read",))
    token = me.login().json()["access_token"]
    scopes = me.get("/auth/me", headers=bearer(token)).json()["scopes"]
    assert scopes == ["topics:read", "topics:write"]


def test_nobody_is_asked_to_authenticate(me):
    """Without a token: 401 and a challenge without an error code."""  # ASGI-06
    answer = me.get("/auth/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")
    assert "error" not in answer.headers["www-authenticate"]


@pytest.mark.parametrize("token", ["x", "a.b.c", "", "a b"])
def test_a_bad_token_is_refused(me, token):
    """Garbage is an invalid token."""
    answer = me.get("/auth/me", headers=bearer(token))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_an_expired_token_says_so(me, world):
    """The detail is the contract's, word for word."""
    token = me.login().json()["access_token"]
    world.now += 900
    answer = me.get("/auth/me", headers=bearer(token))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Access token expired"


def test_two_tokens_are_one_too_many(me):
    """Several Authorization headers are a bad request, whatever they hold."""  # ASGI-05
    token = me.login().json()["access_token"]
    headers = [("authorization", f"Bearer {token}")] * 2
    assert problem(me.get("/auth/me", headers=headers)) == (400, "invalid_request")


@pytest.mark.parametrize("statement", ["DELETE FROM users", "UPDATE auth_accounts SET disabled_at = 1"])
def test_an_account_that_is_gone_is_refused(me, world, statement):
    """A token that outlives its account opens nothing here."""
    token = me.login().json()["access_token"]
    world.stores.database.query(statement)
    answer = me.get("/auth/me", headers=bearer(token))
    assert problem(answer) == (401, "user_not_found")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("subject", ["42", "not-a-uuid", "\u00fc", "x\x00y"])
def test_a_subject_of_another_kind_is_nobody(me, world, subject):
    """An authentic token whose subject is no user id here is refused, not a fault."""
    token = world.auth.tokens.issue(subject=subject)
    assert me.get("/auth/me", headers=bearer(token)).status_code == 401


def test_a_failing_store_is_not_the_callers_fault(me, app_factory, world):
    """503, so that the client keeps its token."""
    token = me.login().json()["access_token"]
    failing = Client(app_factory(broken(world.auth, "current_user")))
    assert problem(failing.get("/auth/me", headers=bearer(token))) == (503, "store_unavailable")
