"""A session that was just ended adds nothing that opens the account: the end comes between look and write."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.events import (
    ApiKeyCreated,
    EmailChangeAsked,
    FactorAdded,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
)
from jwt_auth_core.factors.enrolled import EnrolledFactors
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.still_in_force import refuse_ended, refuse_other
from jwt_auth_core.vocabulary import Client, UserId
from tests.factors.apps import KEYS, AppStory
from tests.flows.addresses import MAIL
from tests.flows.parts import between, is_over, opens
from tests.passkeys.authenticator import Authenticator

NEW = "another quite long phrase"


@pytest.fixture
def variables():
    """Return for whom passkeys are, and what encrypts the secrets of apps."""
    return {**MAIL, "PUBLIC_URL": "https://app.example", "ENCRYPTION_KEYS": KEYS}


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


def test_no_passkey_is_added(world, ada, monkeypatch):
    """It would be a way in that the voiding has not seen."""  # RF-11
    register, user_id = world.auth.passkeys.register, ada.user.user_id
    claims = ended(world, ada, monkeypatch, type(register.parts.store), "add")
    made = Authenticator().create(register.options(user_id, claims=claims))
    with pytest.raises(TokenInvalidError):
        register(user_id, register.parse({"passkey": made}), Client(), claims=claims)
    assert world.auth.passkeys.list(user_id) == []
    assert PasskeyAdded not in map(type, world.events)


def kept_passkey(world, ada):
    """Add a passkey by a session; return its id."""
    register, user_id = world.auth.passkeys.register, ada.user.user_id
    made = Authenticator().create(register.options(user_id))
    return register(user_id, register.parse({"passkey": made, "name": "key ring"}), Client()).passkey_id


@pytest.mark.parametrize("verb", ["remove", "rename"])
@pytest.mark.parametrize("alone", [False, True], ids=["with all others", "alone"])
def test_no_passkey_is_removed_or_renamed(world, ada, monkeypatch, verb, alone):
    """It is its owner's way in, and known to them by its name."""  # RF-11
    passkey_id, user_id = kept_passkey(world, ada), ada.user.user_id
    grant, passkeys = world.login(), world.auth.passkeys
    claims = world.auth.claims_of(grant.access_token)
    ends = {
        False: lambda: world.auth.end_user.logout_all(user_id),
        True: lambda: world.auth.revoke_session(user_id, grant.session_id),
    }
    between(monkeypatch, type(passkeys.remove.parts.identities), "held", ends[alone])
    words = {"remove": (Client(),), "rename": ("thief's",)}[verb]
    with pytest.raises(TokenInvalidError):
        getattr(passkeys, verb)(user_id, passkey_id, *words, claims=claims)
    assert [one.name for one in passkeys.list(user_id)] == ["key ring"]
    assert PasskeyRemoved not in map(type, world.events)


def test_no_second_factor_is_confirmed(world, monkeypatch):
    """It would shut the owner out."""  # RF-11
    story = AppStory(world)
    app = story.enrol(name="thief's")
    between(monkeypatch, EnrolledFactors, "lock", lambda: world.auth.end_user.logout_all(story.ada.user_id))
    with pytest.raises(TokenInvalidError):
        story.confirm(story.code(app))
    assert FactorAdded not in map(type, world.events)


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


def test_a_session_that_was_ended_alone_adds_nothing(world, ada):
    """From a list, or because another one changed the factors."""  # RF-11
    claims, asked = world.auth.claims_of(ada.access_token), ApiKeyRequest("thief's", None, None)
    world.auth.revoke_session(ada.user.user_id, ada.session_id)
    with pytest.raises(TokenInvalidError):
        world.auth.api_keys.create(ada.user.user_id, asked, Client(), claims=claims)


def test_no_address_is_changed_by_a_token_of_before(world, ada):
    """The link would be good as long as nobody ends everything once more."""  # RF-11
    claims = world.auth.claims_of(ada.access_token)
    world.auth.end_user.logout_all(ada.user.user_id)
    change = world.auth.email.change
    with pytest.raises(TokenInvalidError):
        change(
            ada.user.user_id, change.parse({"new_email": "eve@example.org"}), Client(), claims, language="en"
        )
    assert EmailChangeAsked not in map(type, world.events)
