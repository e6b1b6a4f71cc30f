"""Service clients that prove themselves by keys (private_key_jwt), in both storage worlds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from jwt_auth_core.clients.client import ClientExistsError, ClientHasKeysError, ClientNotFoundError
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.vocabulary import Secret
from tests.clients.signing import ISSUER, jwks, key_pair, signed
from tests.flows.parts import process

ONE, OTHER = key_pair(), key_pair("ES256")


@pytest.fixture
def manage(world):
    """Return what manages clients, of which there is one with a key."""
    world.auth.clients.manage.add_with_keys("billing", jwks(ONE), scopes=["reports:*"])
    return world.auth.clients.manage


def ask(world, assertion, *, auth=None, client_id=None):
    """Return what comes of an assertion."""
    authenticate = (auth or world.auth).clients.authenticate_assertion
    return authenticate(Secret(assertion), audience=ISSUER, client_id=client_id)


def is_proven(world, pair, **named):
    """Tell whether a new assertion by a key proves its client."""
    return ask(world, signed(pair, now=world.now), **named).client is not None


@pytest.mark.usefixtures("manage")
def test_a_key_proves_a_client(world):
    """Its own; it may be named beside it."""
    found = ask(world, signed(ONE, now=world.now), client_id="billing")
    assert (found.client.client_id, found.client.scopes) == ("billing", {"reports:*"})
    assert not is_proven(world, OTHER)
    assert not is_proven(world, ONE, client_id="other")


@pytest.mark.usefixtures("manage")
def test_an_assertion_is_good_once(world):
    """Also in another process, until it would have ended anyway, and longer."""
    assertion = signed(ONE, now=world.now)
    with process(world) as elsewhere:
        assert ask(world, assertion).client
        assert ask(world, assertion, auth=elsewhere).reason == "its jti was used before"
        world.now += 59
        assert ask(world, assertion).reason == "its jti was used before"
        world.now += 1
        assert ask(world, assertion).reason == "it has expired"


@pytest.mark.usefixtures("manage")
def test_of_fifty_replays_at_once_one_is_good(world):
    """Whichever comes first."""
    assertion = signed(ONE, now=world.now)
    with process(world) as elsewhere, ThreadPoolExecutor(50) as threads:
        auths = [world.auth, elsewhere] * 25
        found = list(threads.map(lambda auth: ask(world, assertion, auth=auth), auths))
    assert sum(one.client is not None for one in found) == 1


@pytest.mark.usefixtures("manage")
def test_whoever_has_no_key_learns_nothing(world):
    """What is wrong is told to the holder of the key alone."""
    for assertion in (signed(OTHER, aud="x"), signed(ONE, iss="nobody", sub="nobody"), "x"):
        found = ask(world, assertion)
        assert (found.client, found.is_named, found.reason) == (None, True, None)
    assert ask(world, signed(ONE, now=world.now, aud="x")).reason == f"its aud is not {ISSUER} alone"


@pytest.mark.parametrize("client_id", ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "a\0b", "x" * 65])
def test_nobody_is_looked_up_who_cannot_be_a_client(world, client_id):
    """No database is asked for a name that it could not even hold."""  # SQL-3
    assert ask(world, signed(ONE, iss=client_id, sub=client_id)).client is None


def test_a_client_with_keys_has_no_secret(world, manage):
    """And gets none by mistake."""
    found = world.auth.clients.authenticate([("billing", Secret(""))])
    assert (found.client, found.is_named) == (None, True)
    with pytest.raises(ClientHasKeysError):
        manage.rotate("billing")


def test_a_client_with_a_secret_has_no_keys(world):
    """No assertion proves it."""
    world.auth.clients.manage.add("billing")
    assert not is_proven(world, ONE)


def test_keys_are_rotated_with_an_overlap(world, manage):
    """Those before are good for as long."""
    rotated = manage.rotate_keys("billing", jwks(OTHER), overlap_seconds=60)
    assert manage.all() == [rotated]
    assert (is_proven(world, ONE), is_proven(world, OTHER)) == (True, True)
    world.now += 60
    assert (is_proven(world, ONE), is_proven(world, OTHER)) == (False, True)


def test_without_an_overlap_keys_and_tokens_end(world, manage):
    """For a key that somebody else has."""
    before = manage.all()[0].mark
    manage.rotate_keys("billing", jwks(OTHER))
    assert manage.all()[0].mark != before
    assert (is_proven(world, ONE), is_proven(world, OTHER)) == (False, True)
    with pytest.raises(ClientNotFoundError):
        manage.rotate_keys("nobody", jwks(OTHER))


def test_a_client_leaves_its_secret_for_keys(world):
    """With an overlap as well: the secret is good for as long, and none afterwards."""
    manage = world.auth.clients.manage
    secret = manage.add("billing")
    manage.rotate_keys("billing", jwks(ONE), overlap_seconds=60)
    by_secret = world.auth.clients.authenticate
    assert by_secret([("billing", secret)]).client
    assert is_proven(world, ONE)
    world.now += 60
    assert by_secret([("billing", secret)]).client is None


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        '{"keys": []}',
        json.dumps({"keys": [ONE.private_jwk()]}),
        json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}]}),
        json.dumps({"keys": [ONE.public_jwk(), {**OTHER.public_jwk(), "kid": ONE.public_jwk()["kid"]}]}),
        json.dumps({"keys": [{**ONE.public_jwk(), "use": "enc"}]}),
    ],
)
def test_only_public_keys_are_taken(world, document):
    """Nothing of a private one is kept, or said again."""  # JWT-07
    with pytest.raises(InvalidInputError) as caught:
        world.auth.clients.manage.add_with_keys("billing", document)
    assert [one.field for one in caught.value.errors] == ["jwks"]
    assert ONE.private_jwk()["d"] not in str(caught.value.errors)
    assert world.auth.clients.manage.all() == []


def test_keys_of_no_use_are_left_out(world, manage):
    """As RFC 7517 has it for sets that hold others as well; an id is one client's."""
    both = json.dumps({"keys": [{"kty": "AKP", "kid": "later"}, ONE.public_jwk()]})
    added = manage.add_with_keys("other", both)
    assert [key["kid"] for key in json.loads(added.keys)["keys"]] == [ONE.key_id]
    with pytest.raises(ClientExistsError):
        manage.add_with_keys("billing", jwks(ONE))
    assert world.names()[-2:] == ["client_added", "client_added"]


def test_the_settings_clients_are_not_rotated(world):
    """What helps is said."""
    settled = (("gateway", Secret("q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9d")),)
    with process(world, oauth_clients=settled) as auth:
        for add in (auth.clients.manage.add, lambda name: auth.clients.manage.add_with_keys(name, jwks(ONE))):
            with pytest.raises(ClientExistsError, match="take it out of OAUTH_CLIENTS"):
                add("gateway")
