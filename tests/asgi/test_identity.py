"""Identities: Starlette's contract, and what nobody can change behind the application's back."""

import json
from dataclasses import FrozenInstanceError

import pytest

from jwt_auth_asgi.identity import ANONYMOUS, KEY, identity_of, user_of


@pytest.fixture
def identity(tokens, token):
    """Return the identity of a token with two scopes."""
    return identity_of(tokens.verify(token))


def test_granted_scopes_are_a_list_of_ones_own(identity):
    """Starlette has a list; changing it changes nothing for the next request."""
    identity.auth.scopes.append("admin")
    assert identity.auth.scopes == ["topics:read", "topics:write"]
    assert json.dumps(identity.auth.scopes)


def test_an_identity_cannot_be_changed(identity):
    """It is shared by all requests with the same token."""
    with pytest.raises(FrozenInstanceError):
        identity.user.claims = None
    with pytest.raises(FrozenInstanceError):
        identity.auth.names = frozenset({"admin"})


def test_no_token_is_in_a_users_repr(identity, token):
    """A user may be logged."""
    # LOG-1
    assert token not in repr(identity)


def test_the_middlewares_own_mark_is_read_back(identity):
    """An adapter learns who calls, or that the middleware did not run."""
    assert user_of({KEY: identity.user}) is identity.user
    assert user_of({KEY: ANONYMOUS.user}) is ANONYMOUS.user
    assert user_of({}) is None


@pytest.mark.parametrize("preset", ["42", True, object(), {"identity": "42"}])
def test_a_mark_of_another_kind_is_none(preset):
    """What is not the middleware's own object proves nothing."""
    assert user_of({KEY: preset, "user": preset}) is None
