"""Service clients: added, rotated, removed, authenticated, and their tokens, in both storage worlds."""

import pytest

from jwt_auth_core.clients.client import (
    ClientExistsError,
    ClientNotFoundError,
    InvalidScopeError,
    InvalidTargetError,
)
from jwt_auth_core.errors import InvalidInputError, TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.vocabulary import Secret
from tests.clients.signing import jwks, key_pair
from tests.flows.conftest import KEY
from tests.flows.parts import down, process

API = "https://api.example.com/reports"


@pytest.fixture
def secret(world):
    """Return the secret of a client that was added."""
    return world.auth.clients.manage.add("billing", scopes=["reports:*", "topics:read"], resources=[API])


def proven(world, secret, name="billing"):
    """Return the client of a secret, if it is one's."""
    return world.auth.clients.authenticate([(name, secret)]).client


def issue(world, secret, **asked):
    """Return a token of the client, as text."""
    return world.auth.clients.issue_token(proven(world, secret), **asked).access_token


def token_of(world, name, secret, **asked):
    """Return a token of the client of another name."""
    return world.auth.clients.issue_token(proven(world, secret, name), **asked).access_token


def is_good(auth, token):
    """Tell whether a token is good."""
    try:
        auth.claims_of(token)
    except TokenInvalidError:
        return False
    return True


def test_a_client_gets_a_token_of_its_own(world, secret):
    """Its subject is the client that it was issued to."""
    claims = world.auth.claims_of(issue(world, secret))
    assert (claims.subject, claims.client_id) == ("billing", "billing")
    assert claims.scopes == {"reports:*", "topics:read"}
    assert (claims.session_version, claims.amr, claims.auth_time) == (None, frozenset(), None)


@pytest.mark.parametrize(
    ("name", "text"), [("scopes", "reports:*"), ("resources", API), ("may_exchange", "https://x")]
)
def test_one_text_is_not_several(world, name, text):
    """Its letters are none of what it names, and a star among them is every scope."""
    manage = world.auth.clients.manage
    with pytest.raises(TypeError, match=f"{name} is a collection of texts, not one text"):
        manage.add("typist", **{name: text})
    with pytest.raises(TypeError, match=f"{name} is a collection of texts, not one text"):
        manage.add_with_keys("typist", jwks(key_pair()), **{name: text})
    assert manage.all() == []


def test_one_text_is_not_several_resources(world, secret):
    """Of a token neither."""
    with pytest.raises(TypeError, match="resources is a collection of texts, not one text"):
        issue(world, secret, resources=API)


def test_it_may_ask_for_less(world, secret):
    """What a scope of its own covers; nothing more."""
    token = issue(world, secret, scope="reports:read topics:read")
    assert world.auth.claims_of(token).scopes == {"reports:read", "topics:read"}
    for scope in ("admin", "topics:write", "topics:read  reports:read", ""):
        with pytest.raises(InvalidScopeError):
            issue(world, secret, scope=scope)


def test_a_token_for_a_resource_is_for_it_alone(world, secret):
    """Whoever serves that believes it, and we do not."""
    token = issue(world, secret, resources=[API])
    there = AccessTokens(KeyRing.from_secret(KEY), audience=API, clock=lambda: world.now)
    assert there.verify(token).client_id == "billing"
    assert not is_good(world.auth, token)
    with pytest.raises(InvalidTargetError):
        issue(world, secret, resources=["https://api.example.com/other"])


def test_so_much_fits_into_no_token(world):
    """For a header of 8 KiB; it is said in the words of the protocols, and less is given."""
    names = [f"https://{number}.example/{'x' * 250}" for number in range(40)]
    wide = world.auth.clients.manage.add("wide", scopes=["*"], resources=names)
    with pytest.raises(InvalidScopeError):
        token_of(world, "wide", wide, scope=" ".join(names))
    with pytest.raises(InvalidTargetError):
        token_of(world, "wide", wide, resources=names)
    assert token_of(world, "wide", wide, scope=" ".join(names[:2]), resources=names[:2])


def test_only_its_secret_proves_a_client(world, secret):
    """One that is named without its secret is known all the same."""
    authenticate = world.auth.clients.authenticate
    for pairs in ([("billing", Secret("x"))], [("billing", Secret(""))]):
        found = authenticate(pairs)
        assert (found.client, found.is_named) == (None, True)
    for pairs in ([("other", secret)], [("a:b\0", secret)], []):
        found = authenticate(pairs)
        assert (found.client, found.is_named) == (None, False)
    assert authenticate([("x", Secret("y")), ("billing", secret)]).client.client_id == "billing"


def test_a_secret_is_rotated_with_an_overlap(world, secret):
    """The one before is good for as long, and tokens go on."""
    token = issue(world, secret)
    new = world.auth.clients.manage.rotate("billing", overlap_seconds=60)
    assert proven(world, secret)
    assert proven(world, new)
    world.now += 60
    assert (proven(world, secret), proven(world, new) is None) == (None, False)
    assert is_good(world.auth, token)


def test_without_an_overlap_secret_and_tokens_end(world, secret):
    """For a secret that somebody else has."""
    token = issue(world, secret)
    new = world.auth.clients.manage.rotate("billing")
    assert proven(world, secret) is None
    assert not is_good(world.auth, token)
    assert is_good(world.auth, issue(world, new))


def test_of_two_rotations_at_once_one_is_kept(world, secret, monkeypatch):
    """The other is told so."""
    assert proven(world, secret)
    monkeypatch.setattr(type(world.auth.clients.manage.store), "replace", lambda *_, **__: False)
    with pytest.raises(ClientNotFoundError):
        world.auth.clients.manage.rotate("billing")


def test_a_removed_client_is_nobody(world, secret):
    """Its tokens are refused at once; its name is free again, and they stay refused."""
    token = issue(world, secret)
    world.auth.clients.manage.remove("billing")
    assert proven(world, secret) is None
    assert not is_good(world.auth, token)
    again = world.auth.clients.manage.add("billing")
    assert is_good(world.auth, issue(world, again))
    assert not is_good(world.auth, token)
    assert [one.client_id for one in world.auth.clients.manage.all()] == ["billing"]


def test_a_removed_client_is_nobody_elsewhere(world, secret):
    """The feed says so; where each request asks the stores, they do."""
    token = issue(world, secret)
    with process(world) as following, process(world, revocation_check="always") as asking:
        assert is_good(following, token)
        assert is_good(asking, token)
        world.auth.clients.manage.remove("billing")
        assert not is_good(asking, token)
        while is_good(following, token):
            pass


def test_what_is_not_there_cannot_be_changed(world):
    """It is said so."""
    for act in (world.auth.clients.manage.remove, world.auth.clients.manage.rotate):
        with pytest.raises(ClientNotFoundError):
            act("billing")


def test_an_id_is_one_clients(world, secret):
    """One of the settings' clients keeps its own as well."""
    assert secret
    with pytest.raises(ClientExistsError):
        world.auth.clients.manage.add("billing")
    settled = (("gateway", Secret("q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9d")),)
    with process(world, oauth_clients=settled) as auth, pytest.raises(ClientExistsError):
        auth.clients.manage.add("gateway")


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"client_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, "client_id"),
        ({"scopes": ["a b"]}, "scopes"),
        *[
            ({"resources": [text]}, "resources")
            for text in (
                "reports",
                "https://",
                "https://a.example/#x",
                "https://a b",
                "https://[",
                "/x",
                "é:x",
            )
        ],
    ],
)
def test_a_client_is_checked_when_it_is_added(world, named, field):
    """Each offending field is named."""
    with pytest.raises(InvalidInputError) as caught:
        world.auth.clients.manage.add(**{"client_id": "billing", **named})
    assert [one.field for one in caught.value.errors] == [field]


def test_what_happens_is_told(world, secret):
    """Which client, and never a secret."""  # LOG-3
    assert secret
    world.auth.clients.manage.rotate("billing", overlap_seconds=5)
    world.auth.clients.manage.remove("billing")
    told = [(one.name, one.client_id) for one in world.events[-3:]]
    assert told == [
        ("client_added", "billing"),
        ("client_secret_rotated", "billing"),
        ("client_removed", "billing"),
    ]


def test_a_feed_that_is_down_is_logged(world, secret, monkeypatch, caplog):
    """The client is gone all the same."""
    assert secret
    monkeypatch.setattr(type(world.stores.feed), "publish", down("redis"))
    world.auth.clients.manage.remove("billing")
    assert world.auth.clients.manage.all() == []
    assert "end by expiring" in caplog.text
