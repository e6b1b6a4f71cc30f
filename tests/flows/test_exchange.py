"""Token exchange (RFC 8693): a client acts for a user, in both storage worlds."""

from __future__ import annotations

import pytest

from jwt_auth_core.clients.client import (
    InvalidScopeError,
    InvalidTargetError,
    SubjectTokenError,
    UnauthorizedClientError,
)
from jwt_auth_core.errors import InvalidInputError, TokenInvalidError
from jwt_auth_core.tokens.actors import MOST_ACTORS, actors_of
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.parts import process

OURS, REPORTS = "https://shop.example.com", "https://reports.example.com"


@pytest.fixture
def variables():
    """Have an audience of our own."""
    return {"JWT_AUDIENCE": OURS}


@pytest.fixture
def agent(world):
    """Return a client that may exchange tokens."""
    return added(world, "agent", OURS, REPORTS)


def added(world, name, *audiences):
    """Add a client that may exchange tokens for audiences; return it."""
    world.auth.clients.manage.add(name, may_exchange=audiences)
    return world.auth.clients.manage.store.find([name])[name]


def ada(world, *scopes):
    """Return the grant of a user with scopes, who has logged in."""
    user = world.register()
    world.auth.end_user.set_scopes(user.user_id, scopes)
    return world.login()


def exchange(world, client, token, *audiences, **more):
    """Return a token of the exchange, as text."""
    more["audiences"] = audiences
    return world.auth.clients.exchange_token(client, Secret(token), **more).access_token


def is_good(auth, token):
    """Tell whether a token is good."""
    try:
        auth.claims_of(token)
    except TokenInvalidError:
        return False
    return True


def test_a_client_acts_for_a_user(world, agent):
    """With the user's session and end, who acts, and less of everything else."""
    subject = world.auth.claims_of(ada(world, "a", "b:*").access_token)
    world.now += 7
    token = exchange(world, agent, world.login().access_token, OURS, scope="b:read")
    claims = world.auth.claims_of(token)
    assert (claims.subject, claims.scopes, claims.client_id) == (subject.subject, {"b:read"}, "agent")
    assert actors_of(claims.extra) == ("agent",)
    assert (claims.auth_time, claims.amr, claims.acr, claims.roles) == (None, frozenset(), None, frozenset())


def test_a_token_ends_with_the_users(world, agent):
    """Not later; so does its session."""
    grant = ada(world, "a")
    world.now += 100
    made = world.auth.clients.exchange_token(agent, Secret(grant.access_token), audiences=[OURS])
    theirs, mine = (world.auth.claims_of(token) for token in (grant.access_token, made.access_token))
    assert (mine.expires_at, mine.session_id) == (theirs.expires_at, theirs.session_id)
    assert (made.expires_in, mine.issued_at) == (theirs.expires_at - world.now, world.now)
    assert (mine.session_version, mine.token_version) == (theirs.session_version, theirs.token_version)


def test_who_was_removed_acts_no_more(world, agent):
    """Where the stores are asked: at each request, by introspection, and when a token is handed on."""
    token = exchange(world, agent, ada(world).access_token, OURS)
    other = added(world, "other", OURS)
    with process(world, revocation_check="always") as asking:
        assert is_good(asking, token)
        world.auth.clients.manage.remove("agent")
        assert not is_good(asking, token)
    assert world.auth.introspect(token) == {"active": False}
    with pytest.raises(SubjectTokenError):
        exchange(world, other, token)


def test_scopes_are_of_the_users_token(world, agent):
    """All of them, or fewer; never more."""
    token = ada(world, "a", "b:*").access_token
    assert world.auth.claims_of(exchange(world, agent, token, OURS)).scopes == {"a", "b:*"}
    for scope in ("c", "b", "a  b", ""):
        with pytest.raises(InvalidScopeError):
            exchange(world, agent, token, OURS, scope=scope)


def test_it_is_for_whom_the_client_may_exchange(world, agent):
    """One of several is to be named; for a single one it need not be."""
    token = ada(world).access_token
    assert not is_good(world.auth, exchange(world, agent, token, REPORTS))
    assert is_good(world.auth, exchange(world, agent, token, REPORTS, OURS, OURS))
    for audiences in ([], ["https://other.example.com"], [OURS, "x"]):
        with pytest.raises(InvalidTargetError):
            exchange(world, agent, token, *audiences)
    assert is_good(world.auth, exchange(world, added(world, "one", OURS), token))


def test_one_text_is_not_several_audiences(world, agent):
    """One audience is a sequence of one."""
    with pytest.raises(TypeError, match="audiences is a collection of texts, not one text"):
        world.auth.clients.exchange_token(agent, Secret(ada(world).access_token), audiences=OURS)


def test_so_many_audiences_are_too_many(world):
    """For a token in a header, and so many scopes; it is said in the words of the protocol."""
    names, token = [f"{number}{'x' * 250}" for number in range(40)], ada(world, "*").access_token
    agent = added(world, "agent", *names)
    with pytest.raises(InvalidTargetError):
        exchange(world, agent, token, *names)
    with pytest.raises(InvalidScopeError):
        exchange(world, agent, token, names[0], scope=" ".join(names))


def test_only_who_may_exchange_does(world):
    """A client without an audience to exchange for has none to offer."""
    with pytest.raises(UnauthorizedClientError, match="may-exchange"):
        exchange(world, added(world, "billing"), ada(world).access_token, OURS)


def test_actors_are_nested(world, agent):
    """Whoever is given a token that is for itself, by its id, may act on; for nobody else's."""
    added(world, "other", OURS)
    first = added(world, "first", "second")
    second = added(world, "second", OURS)
    given = exchange(world, first, ada(world, "a").access_token)
    token = exchange(world, second, given)
    assert actors_of(world.auth.claims_of(token).extra) == ("second", "first")
    with pytest.raises(SubjectTokenError):
        exchange(world, agent, given, OURS)


def test_there_are_only_so_many_actors(world):
    """A circle ends."""
    agent, token = added(world, "agent", OURS), ada(world).access_token
    for _ in range(MOST_ACTORS):
        token = exchange(world, agent, token)
    with pytest.raises(SubjectTokenError):
        exchange(world, agent, token)


def test_only_a_users_access_token_is_exchanged(world, agent):
    """Not a client's, a refresh token, an expired one, or nothing at all."""
    grant = ada(world)
    world.auth.clients.manage.add("billing", scopes=["a"])
    found = world.auth.clients.manage.store.find(["billing"])["billing"]
    own = world.auth.clients.issue_token(found).access_token
    for token in (own, grant.refresh_token.reveal(), "", "a.b.c", "\udcff"):
        with pytest.raises(SubjectTokenError):
            exchange(world, agent, token, OURS)
    world.now += 900
    with pytest.raises(SubjectTokenError):
        exchange(world, agent, grant.access_token, OURS)


def test_an_exchange_is_told(world, agent):
    """Whose token, and who acts from now on."""  # LOG-3
    grant = ada(world)
    exchange(world, agent, grant.access_token, OURS, where=Client())
    event = world.events[-1]
    assert (event.name, event.user_id, event.client_id) == ("token_exchanged", grant.user.user_id, "agent")
    assert event.session == world.events[-2].session


def test_who_acts_does_not_log_the_user_out(world, agent):
    """Its token is not revoked by itself; the user's session goes on."""
    grant = ada(world)
    token = exchange(world, agent, grant.access_token, OURS)
    with pytest.raises(InvalidInputError):
        world.auth.revoke_token(token)
    assert is_good(world.auth, grant.access_token)


def test_introspection_says_who_acts_and_for_whom(world, agent):
    """Also of a token for another API, which asks; not once the session is over."""
    grant = ada(world, "a")
    there = exchange(world, agent, grant.access_token, REPORTS, OURS)
    elsewhere = exchange(world, agent, grant.access_token, REPORTS)
    told = world.auth.introspect(there)
    assert (told["active"], told["aud"], told["client_id"]) == (True, [REPORTS, OURS], "agent")
    assert told["act"] == {"sub": "agent", "sid": agent.mark}
    assert world.auth.introspect(elsewhere)["aud"] == REPORTS
    again = exchange(world, agent, there, OURS)
    assert world.auth.introspect(again)["act"] == {**told["act"], "act": told["act"]}
    world.auth.logout(grant.refresh_token.reveal(), Client())
    assert [world.auth.introspect(one)["active"] for one in (there, elsewhere)] == [False, False]


def test_introspection_tells_of_clients_tokens(world):
    """For whomever they are; of a removed client nothing."""
    world.auth.clients.manage.add("billing", resources=[REPORTS], scopes=["a"])
    client = world.auth.clients.manage.store.find(["billing"])["billing"]
    token = world.auth.clients.issue_token(client, resources=[REPORTS]).access_token
    told = world.auth.introspect(token)
    assert (told["active"], told["sub"], told["client_id"]) == (True, "billing", "billing")
    assert (told["aud"], "act" in told) == (REPORTS, False)
    world.auth.clients.manage.remove("billing")
    assert world.auth.introspect(token) == {"active": False}


def test_introspection_tells_of_api_keys(world):
    """What a request with it may do; no end or session is made up for it."""
    user = ada(world, "a", "b").user
    create = world.auth.api_keys.create
    made = create(user.user_id, create.parse({"name": "n", "scopes": ["a"]}), Client())
    told = world.auth.introspect(made.key.reveal())
    assert told == {
        "active": True,
        "token_type": "Bearer",
        "scope": "a",
        "sub": user.user_id,
        "key_id": made.stored.key_id,
    }
    world.auth.api_keys.revoke(user.user_id, made.stored.key_id)
    assert world.auth.introspect(made.key.reveal()) == {"active": False}
