"""Identities: Starlette's contract, and what nobody can change behind the application's back."""

import json
from dataclasses import FrozenInstanceError

import pytest

from jwt_auth_asgi.identity.identity import ANONYMOUS, KEY, AuthenticatedUser, user_of


@pytest.fixture
def user(tokens, token):
    """Return the caller with a token of two scopes."""
    return AuthenticatedUser(tokens.verify(token))


def test_granted_scopes_are_a_list_of_ones_own(user):
    """Starlette has a list; changing it changes nothing for the next request."""
    user.scopes.append("admin")
    assert user.scopes == ["topics:read", "topics:write"]
    assert json.dumps(user.scopes)


def test_to_be_authenticated_goes_without_saying(user):
    """`in` knows it; whoever reads the list sees what was granted."""
    assert "authenticated" in user.scopes
    assert "admin" not in user.scopes
    assert "authenticated" not in list(user.scopes)
    assert "authenticated" not in ANONYMOUS.scopes


def test_a_caller_cannot_be_changed(user):
    """It is shared by all requests with the same token."""
    with pytest.raises(FrozenInstanceError):
        user.claims = None
    with pytest.raises(FrozenInstanceError):
        ANONYMOUS.claims = user.claims


def test_who_acts_for_a_user_is_told(tokens):
    """The user is whom it is for, and mostly nobody acts."""
    user = AuthenticatedUser(tokens.verify(tokens.issue(subject="42", client_id="b", actors=["b", "a"])))
    assert (user.kind, user.identity, user.actor) == ("user", "42", "b")
    assert (AuthenticatedUser(tokens.verify(tokens.issue(subject="42"))).actor, ANONYMOUS.actor) == (
        None,
        None,
    )


def test_no_token_is_in_a_users_repr(user, token):
    """A user may be logged."""
    # LOG-1
    assert token not in repr(user)


def test_the_middlewares_own_mark_is_read_back(user):
    """An adapter learns who calls, or that the middleware did not run."""
    assert user_of({KEY: user}) is user
    assert user_of({KEY: ANONYMOUS}) is ANONYMOUS
    assert user_of({}) is None


@pytest.mark.parametrize("preset", ["42", True, object(), {"identity": "42"}])
def test_a_mark_of_another_kind_is_none(preset):
    """What is not the middleware's own object proves nothing."""
    assert user_of({KEY: preset, "user": preset}) is None
