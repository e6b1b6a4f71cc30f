"""A session that was just ended adds nothing that opens the account: the end comes between look and write."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.events import ApiKeyCreated, FactorAdded, PasskeyAdded, PasswordChanged
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.still_in_force import refuse_ended, refuse_other
from jwt_auth_core.vocabulary import Client, UserId
from tests.flows.parts import between, is_over, opens

NEW = "another quite long phrase"


@pytest.fixture
def ada(world):
    """Return what Ada's login granted."""
    world.register()
    return world.login()


def ended(world, grant, monkeypatch, owner, method):
    """Log Ada out everywhere just before the next call of a store's method."""
    between(monkeypatch, owner, method, lambda: world.auth.end_user.logout_all(grant.user.user_id))
    return world.auth.claims_of(grant.access_token)


def test_no_api_key_is_made(world, ada, monkeypatch):
    """It would outlive the reset that ended the session."""  # RF-11
    claims = ended(world, ada, monkeypatch, type(world.auth.api_keys.create.store), "add")
    asked = ApiKeyRequest("thief's", None, None)
    with pytest.raises(TokenInvalidError):
        world.auth.api_keys.create(ada.user.user_id, asked, Client(), claims=claims)
    assert world.auth.api_keys.list(ada.user.user_id) == []
    assert ApiKeyCreated not in map(type, world.events)


def test_no_password_is_changed_by_a_session_alone(world, ada, monkeypatch):
    """Whoever has shown the password has another proof; a session that is over is none."""  # RF-11
    claims = ended(world, ada, monkeypatch, type(world.stores.users), "change_password")
    with pytest.raises(TokenInvalidError):
        world.auth.change_password(
            ada.user.user_id, PasswordChange.parse({"new_password": NEW}), Client(), claims
        )
    assert PasswordChanged not in map(type, world.events)
    assert opens(world.auth, world.login())
    assert is_over(world.auth, ada)


def test_no_password_is_changed_by_a_token_of_before(world, ada):
    """Also where nobody has heard of its end yet."""
    claims = world.auth.claims_of(ada.access_token)
    world.auth.end_user.logout_all(ada.user.user_id)
    with pytest.raises(TokenInvalidError):
        world.auth.change_password(
            ada.user.user_id, PasswordChange.parse({"new_password": NEW}), Client(), claims
        )


def test_who_asks_is_looked_at_as_now(world, ada):
    """A session in force passes, nobody's session is not asked, and one of nobody is refused."""
    claims = world.auth.claims_of(ada.access_token)
    refuse_ended(world.stores.users, ada.user.user_id, claims)
    refuse_ended(world.stores.users, UserId("nobody"), None)
    with pytest.raises(TokenInvalidError):
        refuse_other(None, claims)
    assert {PasskeyAdded, FactorAdded}.isdisjoint(map(type, world.events))
