"""Deletion: all ends at once, and a login within 30 days takes it back."""

from __future__ import annotations

import pytest

from jwt_auth_core.api_keys.key_text import digest_of
from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import (
    InvalidCredentialsError,
    TokenInvalidError,
    UserNotFoundError,
)
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.deletion import GRACE_SECONDS, SqlDeletions
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import World
from tests.flows.deleted import HERE, MAILED, delete, later
from tests.flows.parts import between, is_over, opens, process


@pytest.fixture
def variables():
    """Return a configuration with mail and seals."""
    return MAILED


@pytest.fixture
def ada(world):
    """Return what Ada's login granted."""
    world.register()
    return world.login()


def letters(world: World):
    """Return the kinds of letters that wait."""
    return [message.facts["type"] for message in waiting(world)]


def waiting(world: World):
    """Return the letters that wait."""
    return [entry.message for entry in world.auth.outbox.store.entries(kind="letter")]


def test_a_deletion_ends_every_session(world, ada):
    """Here and in other processes, access tokens included; the day is told, and a letter says so."""
    # RF-11
    other = world.login()
    assert delete(world, ada) == world.now + GRACE_SECONDS
    with process(world) as elsewhere:
        assert all(is_over(auth, one) for auth in (world.auth, elsewhere) for one in (ada, other))
    assert letters(world) == ["deletion_scheduled"]
    (letter,) = waiting(world)
    assert letter.facts["more"] == {"at": world.now, "until": world.now + GRACE_SECONDS}


def test_a_login_takes_it_back(world, ada):
    """A second one finds nothing to take back, and the account is there after the day."""
    delete(world, ada)
    world.now += GRACE_SECONDS - 1
    assert opens(world.auth, world.login())
    world.login()
    assert letters(world) == ["deletion_scheduled", "deletion_undone"]
    assert later(world) == 0
    assert world.login().user.user_id == ada.user.user_id


def test_a_refused_login_takes_nothing_back(world, ada):
    """Only one that is complete does."""
    delete(world, ada)
    with pytest.raises(InvalidCredentialsError):
        world.login(password="a wrong pass phrase")
    assert later(world) == 1


def test_of_two_logins_at_once_neither_is_refused(world, ada, monkeypatch):
    """Whoever comes second finds that the account stays."""
    delete(world, ada)
    between(monkeypatch, SqlDeletions, "keep", world.login)
    assert opens(world.auth, world.login())
    assert letters(world) == ["deletion_scheduled", "deletion_undone"]


def test_a_login_that_comes_too_late_is_refused(world, ada, monkeypatch):
    """Before anybody has erased the account, and where it was time while the password was hashed."""
    delete(world, ada)
    world.now += GRACE_SECONDS
    with pytest.raises(InvalidCredentialsError):
        world.login()
    world.now -= 1
    late = "UPDATE auth_accounts SET deletion_at = %s"
    between(monkeypatch, SqlDeletions, "keep", lambda: world.auth.database.query(late, (world.now,)))
    with pytest.raises(InvalidCredentialsError):
        world.login()
    assert world.auth.list_sessions(ada.user.user_id) == []


def test_a_deletion_needs_a_fresh_login(world, ada):
    """And an account that is there once; what was refused changed nothing."""
    with pytest.raises(InsufficientAuthenticationError):
        world.auth.delete_account(ada.user.user_id, HERE)
    world.now += 601
    with pytest.raises(InsufficientAuthenticationError):
        delete(world, ada)
    grant = world.login()
    claims = world.auth.claims_of(grant.access_token)
    delete(world, grant)
    with pytest.raises(UserNotFoundError):  # whose tokens are refused before, where somebody looks
        world.auth.delete_account(ada.user.user_id, HERE, claims)


def test_sessions_that_were_ended_meanwhile_delete_nothing(world, ada, monkeypatch):
    """Whoever ended them would not want it."""
    user_id = ada.user.user_id

    def end(_users: CurrentUser, _user_id: str, _claims: Claims | None = None):
        monkeypatch.undo()
        user = world.auth.current_user(user_id)
        world.auth.end_user.logout_all(user_id)
        return user

    monkeypatch.setattr(CurrentUser, "__call__", end)
    with pytest.raises(TokenInvalidError):
        delete(world, ada)
    assert later(world) == 0


def test_an_account_that_goes_meanwhile_is_gone(world, ada, monkeypatch):
    """Another application removed the row."""
    monkeypatch.setattr(SqlDeletions, "schedule", lambda *_args, **_named: None)
    with pytest.raises(UserNotFoundError):
        delete(world, ada)


def test_api_keys_rest_until_the_account_is_kept(world, ada):
    """Then they are what they were."""
    asked = ApiKeyRequest("backup", None, None)
    claims = world.auth.claims_of(ada.access_token)
    made = world.auth.api_keys.create(ada.user.user_id, asked, Client(), claims=claims)
    text = made.key.reveal()
    assert isinstance(verified(world, text), Claims)
    delete(world, ada)
    assert isinstance(verified(world, text), TokenInvalidError)
    world.login()
    assert isinstance(verified(world, text), Claims)


def verified(world: World, text: str):
    """Return what a key is good for, as one who has not seen it."""
    (answer,) = world.auth.api_keys.verify([digest_of(text)])
    return answer


def test_an_operator_keeps_an_account(world, ada):
    """Whoever was not on the way out is none that was kept."""
    user = ada.user
    assert not world.auth.delete_account.undo(user)
    delete(world, ada)
    assert world.auth.delete_account.undo(user)
    assert later(world) == 0
    assert "deletion_undone" in world.names()


def test_the_order_of_clear_and_erase_survives_a_kill(world, ada, monkeypatch):
    """A process that died before it told anybody left a cut-off that everybody reads."""
    # RF-11
    monkeypatch.setattr(AccountAdmin, "clear", lambda *_args, **_named: None)
    delete(world, ada)
    with process(world) as elsewhere:
        assert is_over(elsewhere, ada)


def test_a_login_whose_tokens_were_not_handed_out_takes_nothing_back(world, ada):
    """A hook refused it: the account goes on the day that was told, unless somebody else has come."""
    day = delete(world, ada)
    world.now += 60
    world.auth.take_back(world.login())
    assert world.stores.users.find(ada.user.user_id).deletion_at == day
    assert letters(world)[-1] == "deletion_scheduled"
    refused, other = world.login(), world.login()
    world.auth.take_back(refused)
    assert world.stores.users.find(ada.user.user_id).deletion_at is None
    assert opens(world.auth, other)


def test_a_token_that_was_ended_deletes_nothing(world, ada):
    """Also where nobody has heard of its end yet."""
    claims = world.auth.claims_of(ada.access_token)
    world.auth.end_user.logout_all(ada.user.user_id)
    with pytest.raises(TokenInvalidError):
        world.auth.delete_account(ada.user.user_id, HERE, claims)
    assert later(world) == 0


def test_a_login_of_a_user_who_is_gone_is_taken_back_all_the_same(world, ada):
    """There is nobody whose account could be on its way out."""
    delete(world, ada)
    grant = world.login()
    world.auth.end_user.delete(ada.user.user_id)
    world.auth.take_back(grant)
    assert world.names()[-1] == "session_ended"
