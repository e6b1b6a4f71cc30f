"""Introspection and revocation: what a token is worth now, and ending its session by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.errors import InvalidInputError, SessionRevokedError, StoreUnavailableError
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

SECRET = Secret("the secret of a client in these tests")
INACTIVE = {"active": False}


@pytest.fixture
def grant(world):
    """Return what Ada got when she logged in."""
    world.register()
    return world.login()


def both(world, grant):
    """Return whether introspection calls the access token and the refresh token active."""
    texts = (grant.access_token, grant.refresh_token.reveal())
    return tuple(world.auth.introspect(text)["active"] for text in texts)


def test_an_access_token_is_described(world, grant):
    """The claims by their wire names; issuer and audience only where they are set."""
    told = world.auth.introspect(grant.access_token)
    claims = world.auth.tokens.verify(grant.access_token)
    assert told == {
        "active": True,
        "token_type": "Bearer",
        "sub": grant.user.user_id,
        "exp": claims.expires_at,
        "iat": world.now,
        "jti": claims.token_id,
        "client_id": "jwt-auth",
        "sid": grant.session_id,
        "auth_time": world.now,
        "amr": ["pwd"],
        "acr": "aal1",
    }


def test_a_refresh_token_is_described(world, grant):
    """By its session; nothing of it can be used to make another."""
    told = world.auth.introspect(grant.refresh_token.reveal())
    assert told == {
        "active": True,
        "sub": grant.user.user_id,
        "sid": grant.session_id,
        "iat": world.now,
        "exp": world.now + world.settings.session_max_age_seconds,
        "auth_time": world.now,
        "amr": ["pwd"],
        "acr": "aal1",
    }


def test_issuer_audience_and_scopes_are_told(world):
    """Where there are any."""
    introspect = replace(world.auth.introspect, issuer="i", revocations=None)
    token = world.auth.tokens.issue(subject="service", scopes={"b", "a"}, audience="a")
    told = introspect(token)
    assert (told["iss"], told["aud"], told["scope"], told["sub"]) == ("i", "a", "a b", "service")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "A" * 156, "\ud800.", "é" * 9000])
def test_anything_else_is_inactive(world, text):
    """And says nothing more."""
    assert world.auth.introspect(text) == INACTIVE


def test_what_expired_is_inactive(world, grant):
    """The access token after its life."""
    world.now += world.settings.access_token_ttl_seconds
    assert world.auth.introspect(grant.access_token) == INACTIVE


def test_after_logout_both_are_inactive(world, grant):
    """In memory and in the stores alike."""  # RF-16
    assert both(world, grant) == (True, True)
    world.auth.logout(grant.refresh_token.reveal())
    assert both(world, grant) == (False, False)


@pytest.mark.parametrize("column", ["disabled_at", "sessions_valid_after"])
def test_what_the_database_says_counts(world, grant, column):
    """A user who was disabled or cut off behind everybody's back has no active token."""  # RF-16
    if column == "disabled_at":
        world.stores.database.query("UPDATE auth_accounts SET disabled_at = %s", (world.now,))
    else:
        world.stores.database.query("UPDATE auth_accounts SET sessions_valid_after = %s", (world.now + 1,))
    assert both(world, grant) == (False, False)
    without_feed = replace(world.auth.introspect, revocations=None)
    assert without_feed(grant.access_token) == INACTIVE


def test_nobody_guesses_while_a_store_is_down(world, grant):
    """Neither active nor inactive: unavailable."""

    class Down:
        def find(self, _session_id):
            raise StoreUnavailableError("redis")

    introspect = replace(world.auth.introspect, sessions=Down())
    with pytest.raises(StoreUnavailableError):
        introspect(grant.refresh_token.reveal())


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_either_token_ends_the_session(world, grant, kind):
    """Both tokens are of no use afterwards, and it may be repeated."""
    text = grant.access_token if kind == "access_token" else grant.refresh_token.reveal()
    for _ in range(2):
        world.auth.revoke_token(text)
    assert both(world, grant) == (False, False)
    assert isinstance(world.refresh(grant.refresh_token), SessionRevokedError)
    assert world.names().count("token_revoked") == 2


def test_a_token_of_no_use_is_revoked_already(world):
    """Strange texts are left at that, as the standard asks."""
    for text in ("", "x", "a.b.c", "A" * 156):
        world.auth.revoke_token(text)
    assert world.events == []


@pytest.mark.parametrize("session_id", [None, "elsewhere"])
def test_a_token_without_a_session_cannot_be_revoked(world, session_id):
    """It ends by expiring; saying it was revoked would be a lie."""
    token = world.auth.tokens.issue(subject="42", session_id=session_id)
    with pytest.raises(InvalidInputError, match="without a session") as caught:
        world.auth.revoke_token(token)
    assert caught.value.errors[0].code == "unsupported_token_type"


def test_clients_are_known_by_their_secrets():
    """Another's secret, another client, no client: not known."""
    clients = OAuthClients([("api", SECRET)])
    assert clients
    assert clients.knows("api", SECRET)
    for client_id, secret in [
        ("api", Secret("")),
        ("other", SECRET),
        ("", Secret("\ud800")),
        ("api", Secret("x" * 64)),
    ]:
        assert not clients.knows(client_id, secret)
    assert not OAuthClients([])


def test_clients_are_read_from_a_variable():
    """Pairs with a colon; the secret may have further ones."""
    text = "api:k3q-9vT2xw-Zb7uN4c-PmR8sYd:Lf6hJ1g, b.c:Lf6hJ1g-PmR8sYd-Zb7uN4c-9vT2xw-k3q"
    settings = Settings.from_env({"JWT_KEY": "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj", "OAUTH_CLIENTS": text})
    assert settings.oauth_clients == (
        ("api", Secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd:Lf6hJ1g")),
        ("b.c", Secret("Lf6hJ1g-PmR8sYd-Zb7uN4c-9vT2xw-k3q")),
    )
