"""Key sets: read strictly, public keys only, and rings made of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.keys.jwks import Published, parse_jwks, render_jwks
from jwt_auth_core.keys.pyjwt import PyJwtKey
from tests.keys.made import ED, KEYS, OTHER, jwks

SECRET = "a secret that only the tests of key sets know"


def test_a_ring_is_published_without_its_secrets():
    """Private members and shared secrets stay home; names, algorithms and order are there."""  # JWT-05
    ring = KeyRing([*KEYS.values(), Hs256Key(SECRET)])
    document = json.loads(render_jwks(ring.keys))
    assert [key["kid"] for key in document["keys"]] == [key.key_id for key in KEYS.values()]
    named = {name for key in document["keys"] for name in key}
    assert named == {"kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"}
    assert not isinstance(Hs256Key(SECRET), Published)


def test_what_is_published_can_be_read():
    """The ring of a key set verifies what the private keys sign, and cannot sign itself."""
    ring = KeyRing.from_jwks(render_jwks(KEYS.values()))
    for key in ring.keys:
        assert key.verify(b"message", KEYS[key.algorithm].sign(b"message"))
        assert not key.can_sign


@pytest.mark.parametrize("form", [lambda d: d, json.dumps, lambda d: json.dumps(d).encode()])
def test_a_document_has_three_forms(form):
    """A parsed object, a text or bytes."""
    assert KeyRing.from_jwks(form(jwks(ED))).newest.key_id == ED.key_id


def test_the_publishers_names_are_kept():
    """A kid that is no thumbprint selects the key, too; without one the thumbprint does."""
    assert KeyRing.from_jwks(jwks(ED, kid="2026-11")).find(algorithm="EdDSA", key_id="2026-11")
    nameless = {name: value for name, value in ED.public_jwk().items() if name != "kid"}
    assert KeyRing.from_jwks({"keys": [nameless]}).newest.key_id == ED.key_id


@pytest.mark.parametrize(
    "stranger",
    [
        {"kty": "oct"},
        {"kty": "EC", "crv": "P-521"},
        {"kty": "EC", "crv": ["P-256"]},
        {"kty": "OKP", "crv": {"Ed25519": 1}, "x": "AA"},
        {**KEYS["RS256"].public_jwk(), "use": "enc", "kid": "x"},
        {**KEYS["ES256"].public_jwk(), "key_ops": ["sign"], "kid": "x"},
        {**KEYS["ES256"].public_jwk(), "alg": "ECDH-ES", "kid": "x"},
        {**KEYS["ES256"].public_jwk(), "y": KEYS["ES256"].public_jwk()["x"]},
        {},
    ],
)
def test_strange_keys_are_passed_over(stranger):
    """What is for other purposes or unknown is no reason to refuse the rest."""  # JWT-07
    ring = KeyRing.from_jwks({"keys": [stranger, *jwks(ED)["keys"]]})
    assert [key.key_id for key in ring.keys] == [ED.key_id]
    with pytest.raises(WeakKeyError, match="no key of it can be used"):
        KeyRing.from_jwks({"keys": [stranger]})


@pytest.mark.parametrize("members", [KEYS["EdDSA"].private_jwk(), {"kty": "oct", "k": "AAAA"}])
def test_a_published_secret_is_refused(members):
    """A private or shared key that was published is no secret; nothing beside it is believed either."""
    with pytest.raises(WeakKeyError, match="no secret now"):
        KeyRing.from_jwks({"keys": [*jwks(ED)["keys"], members]})


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"keys":1}',
        b'{"keys":[1]}',
        b"{}",
        b'{"keys":[],"keys":[]}',
        "\ud800",
        {"keys": [{}] * 129},
    ],
)
def test_what_is_no_key_set_is_refused(document):
    """Other JSON, doubled names, other things among the keys, too many of them."""  # JWT-10
    with pytest.raises(WeakKeyError, match="key set refused"):
        parse_jwks(document, PyJwtKey.from_jwk)


def test_names_of_a_key_set_are_unique():
    """Two keys of one name would make kid ambiguous."""
    with pytest.raises(ValueError, match="the same key id"):
        KeyRing.from_jwks(jwks(ED, OTHER, kid="1"))


@pytest.mark.parametrize("kid", [{}, {"kid": "1"}], ids=["nameless", "named"])
def test_a_key_that_stands_twice_counts_once(kid):
    """Nothing is ambiguous about it; of another issuer it is another key (RFC 7517 section 4.5)."""
    key = {name: value for name, value in ED.public_jwk().items() if name != "kid"} | kid
    spelled = {**key, "x5t": "of a certificate", "use": "sig"}
    assert len(KeyRing.from_jwks({"keys": [key, spelled, OTHER.public_jwk()]}).keys) == 2
    with pytest.raises(ValueError, match="the same key id"):
        KeyRing.from_jwks({"keys": [key, {**key, "issuer": "https://other.example"}]})


@pytest.mark.parametrize("name", ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops", "issuer"])
@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "\ud800", [], ["x"], [[]], {}, {"x": 1}], ids=repr)
def test_any_member_may_be_anything(name, value):
    """Each member of each kind of key: it is passed over or read, and those beside it are read."""  # JWT-15
    for key in KEYS.values():
        ring = KeyRing.from_jwks(
            {"keys": [{**key.public_jwk(), "kid": "odd", name: value}, *jwks(ED)["keys"]]}
        )
        assert ED.key_id in [one.key_id for one in ring.keys]


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["keys", "kty", "crv", "x", "kid", "use", "key_ops"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_document_is_read_or_refused(value):
    """Nothing but the library's own error leaves the parser."""  # JWT-15
    try:
        parse_jwks(json.dumps({"keys": value}), PyJwtKey.from_jwk)
    except WeakKeyError:
        return
    raise AssertionError("no such document has a key")
