"""The end of a token of an exchange: with the user's session, and with the client that acts for them."""

from __future__ import annotations

import pytest

from jwt_auth_core.clients.client import SubjectTokenError
from jwt_auth_core.tokens.actors import Actor
from jwt_auth_core.vocabulary import Client
from tests.clients.signing import jwks, key_pair
from tests.flows.parts import process
from tests.flows.test_exchange import OURS, ada, added, agent, exchange, is_good, variables

__all__ = ["agent", "variables"]


def test_the_end_of_the_session_ends_it(world, agent):
    """Everywhere; an ended session gives no other either."""
    grant = ada(world)
    token = exchange(world, agent, grant.access_token, OURS)
    with process(world) as following, process(world, revocation_check="always") as asking:
        assert is_good(following, token)
        assert is_good(asking, token)
        world.auth.logout(grant.refresh_token.reveal(), Client())
        assert not is_good(asking, token)
        while is_good(following, token):
            pass
    with pytest.raises(SubjectTokenError):
        exchange(world, agent, grant.access_token, OURS)


@pytest.mark.parametrize("end", ["disable", "set_scopes_at_once", "end_all"])
def test_whatever_ends_the_users_tokens_ends_it(world, agent, end):
    """The account, all sessions, or what roles granted: by number, within one second as well."""
    grant = ada(world, "a")
    token = exchange(world, agent, grant.access_token, OURS)
    user_id = grant.user.user_id
    if end == "disable":
        world.auth.end_user.disable(user_id)
    elif end == "end_all":
        world.auth.end_user.logout_all(user_id)
    else:
        world.auth.roles.define("editor", {"posts:*"})
        world.auth.roles.grant(user_id, "editor")
        world.auth.roles.revoke(user_id, "editor")
    assert not is_good(world.auth, token)


ENDS = {
    "removed": lambda manage: manage.remove("agent"),
    "a new secret": lambda manage: manage.rotate("agent"),
    "new keys": lambda manage: manage.rotate_keys("agent", jwks(key_pair())),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_the_end_of_the_client_ends_it_everywhere(world, agent, end):
    """The feed says so; where each request asks the stores, they do. The user goes on."""
    grant = ada(world)
    token = exchange(world, agent, grant.access_token, OURS)
    with process(world) as following, process(world, revocation_check="always") as asking:
        assert is_good(following, token)
        assert is_good(asking, token)
        end(world.auth.clients.manage)
        assert not is_good(world.auth, token)
        assert not is_good(asking, token)
        while is_good(following, token):
            pass
        assert is_good(following, grant.access_token)
        assert is_good(asking, grant.access_token)


def test_with_an_overlap_it_goes_on(world, agent):
    """As the client's own tokens do."""
    token = exchange(world, agent, ada(world).access_token, OURS)
    world.auth.clients.manage.rotate("agent", overlap_seconds=60)
    assert is_good(world.auth, token)
    assert world.auth.recheck([world.auth.claims_of(token)]) == [None]


def test_who_acted_before_ends_it_too(world):
    """A token that was handed on came of theirs."""
    first, second = added(world, "first", "second"), added(world, "second", OURS)
    token = exchange(world, second, exchange(world, first, ada(world).access_token))
    claims = world.auth.claims_of(token)
    assert claims.acting == (second.mark, first.mark)
    world.auth.clients.manage.remove("first")
    assert not is_good(world.auth, token)
    assert world.auth.recheck([claims]) != [None]


def test_an_announcement_that_never_came_is_made_up_for(world, agent, monkeypatch):
    """Whoever dies between the removal and its announcement has recorded it with the first."""  # F-18
    token = exchange(world, agent, ada(world).access_token, OURS)
    manage = world.auth.clients.manage
    monkeypatch.setattr(type(manage), "_announce", lambda *_: None)
    manage.remove("agent")
    with process(world) as begun_later:
        assert not is_good(begun_later, token)


def test_who_acts_for_a_user_may_be_a_user(world):
    """In a session of its own, which ends the token where the stores are asked as well."""
    grant = ada(world)
    world.register(email="eve@example.com")
    eve = world.login("eve@example.com")
    actor = Actor(eve.user.user_id, eve.session_id)
    token = world.auth.tokens.issue(subject=grant.user.user_id, actors=[actor])
    claims = world.auth.claims_of(token)
    assert (claims.actor, claims.acting) == (eve.user.user_id, (eve.session_id,))
    assert world.auth.recheck([claims]) == [None]
    world.auth.logout(eve.refresh_token.reveal(), Client())
    assert world.auth.recheck([claims]) != [None]
    assert not is_good(world.auth, token)
