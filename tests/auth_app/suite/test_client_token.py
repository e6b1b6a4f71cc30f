"""POST /auth/token with client_credentials: a service client's token of its own."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.auth_app.suite.test_token import SECRET, WHO, ask, basic, refusal
from tests.auth_app.world import World, settings

CREDENTIALS = {"grant_type": "client_credentials"}


@pytest.fixture
def world():
    """Return a world with one client of the settings, who may ask about tokens."""
    world = World(settings(OAUTH_CLIENTS=f"billing:{SECRET}"))
    yield world
    world.close()


@pytest.fixture
def machine(world):
    """Return the secret of a service client that was added."""
    manage = world.auth.clients.manage
    return manage.add("machine", scopes=["a", "b:*"], resources=["https://api.example.com"]).reveal()


def test_a_client_gets_a_token_of_its_own(client, world, machine):
    """By HTTP Basic or in the form; there is no refresh token, and nobody keeps the answer."""
    in_form = ask(client, **CREDENTIALS, client_id="machine", client_secret=machine)
    for answer in (ask(client, basic("machine", machine), **CREDENTIALS), in_form):
        assert answer.status_code == 200
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
        told = answer.json()
        assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
        assert (told["token_type"], told["expires_in"], told["scope"]) == ("bearer", 900, "a b:*")
        assert world.auth.tokens.verify(told["access_token"]).subject == "machine"


def test_a_client_asks_for_scopes_and_a_resource(client, machine):
    """What it does not have is refused in the words of the protocols."""
    who = basic("machine", machine)
    narrow = ask(client, who, **CREDENTIALS, scope="b:read", resource="https://api.example.com")
    assert (narrow.status_code, narrow.json()["scope"]) == (200, "b:read")
    wide = ask(client, who, **CREDENTIALS, scope="admin")
    assert refusal(wide) == (400, "invalid_scope", "invalid_scope")
    elsewhere = ask(client, who, **CREDENTIALS, resource="https://other.example.com")
    assert refusal(elsewhere) == (400, "invalid_target", "invalid_target")


def test_a_client_without_scopes_is_told_none(client, world):
    """As a user is."""
    secret = world.auth.clients.manage.add("bare").reveal()
    assert "scope" not in ask(client, basic("bare", secret), **CREDENTIALS).json()


def test_client_credentials_are_for_service_clients(client, machine):
    """Not for who proves nothing, nor for a client of the settings, which only asks about tokens."""
    for wrong in ({}, basic("machine", machine + "x"), basic("nobody", machine)):
        assert refusal(ask(client, wrong, **CREDENTIALS))[:2] == (401, "invalid_client")
    assert refusal(ask(client, client_id="machine", **CREDENTIALS))[:2] == (401, "invalid_client")
    settled = ask(client, basic("billing", quote(SECRET)), **CREDENTIALS)
    assert refusal(settled) == (400, "unauthorized_client", "unauthorized_client")


def test_a_service_client_asks_for_a_users_tokens(ada, machine):
    """It has to prove its secret for that, too."""
    assert ask(ada, basic("machine", machine), **WHO).status_code == 200
    assert refusal(ask(ada, client_id="machine", **WHO))[:2] == (401, "invalid_client")


def test_a_client_opens_no_account(client, machine):
    """Whatever its scopes."""
    token = ask(client, basic("machine", machine), **CREDENTIALS).json()["access_token"]
    answer = client.get("/auth/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "user_required")
