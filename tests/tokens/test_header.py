"""The header: exact algorithm, exact type, no extensions, no keys from outside."""

from __future__ import annotations

import json
import socket

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing, hs256
from tests.keys.asymmetric import PUBLIC_KEYS, SPELLINGS, ForeignKey
from tests.tokens.forge import CLAIMS, HEADER, KEY, RING, SECRET, forged, sealed
from tests.tokens.wrong import ALGORITHMS, EXTENSION_VALUES, EXTENSIONS, SEGMENTS, TYPES, headers, key_ids

ATTACKER = Hs256Key("this secret is the attacker's own choice")


@pytest.fixture
def no_network(monkeypatch):
    """Make every socket and every look at a file an error."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a token made the verifier go outside")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("builtins.open", refuse)


def test_a_plain_header_is_accepted(verify):
    """The header that the library writes is accepted."""
    assert verify(forged()).subject == "42"


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=repr)
def test_no_other_algorithm_is_accepted(verify, algorithm):
    """Whatever alg says, the key's own algorithm is the only one."""  # JWT-04
    with pytest.raises(TokenInvalidError):
        verify(forged(header=HEADER | {"alg": algorithm}))
    with pytest.raises(TokenInvalidError):
        verify(forged(header={"alg": algorithm, "typ": "at+jwt"}))


@pytest.mark.parametrize("signature", ["", "e30", "AA", "A" * 43])
def test_an_unsigned_token_is_refused(verify, signature):
    """Alg none with an empty or any signature is refused."""  # JWT-04
    for algorithm in ("none", "HS256"):
        token = forged(header=HEADER | {"alg": algorithm})
        with pytest.raises(TokenInvalidError):
            verify(f"{token.rpartition('.')[0]}.{signature}")


def test_the_algorithm_must_be_there(verify):
    """A header without alg is refused."""  # JWT-04
    with pytest.raises(TokenInvalidError, match="names no algorithm"):
        verify(forged(header={"typ": "at+jwt", "kid": KEY.key_id}))


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize(
    "kid", [{}, {"kid": "foreign"}, {"kid": KEY.key_id}], ids=["nameless", "its", "ours"]
)
def test_a_public_key_is_no_mac_secret(verify, monkeypatch, spelling, kid):
    """A token MACed with a spelling of a public key is refused beside that very key."""  # JWT-05
    public = ForeignKey("RS256", "foreign", can_sign=False)
    with monkeypatch.context() as patch:
        patch.setattr(hs256, "weakness", lambda _secret: None)
        attacker = Hs256Key(spelling)
    token = forged(header={"alg": "HS256", "typ": "at+jwt"} | kid, key=attacker)
    for keys in (RING, KeyRing([KEY, public]), KeyRing([public, KEY])):
        with pytest.raises(TokenInvalidError):
            verify(token, keys=keys)
    assert public.verified == []


def test_each_key_of_a_mixed_ring_verifies_its_own(verify):
    """HS256 and another algorithm share a ring; kid and alg must both be the key's."""  # JWT-05
    public = ForeignKey("RS256", "foreign")
    keys = KeyRing([KEY, public])
    assert verify(forged(), keys=keys).subject == "42"
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "foreign"}
    assert verify(forged(header=header, key=public), keys=keys).subject == "42"
    with pytest.raises(TokenInvalidError, match="no known key"):
        verify(forged(header=header | {"alg": "HS256"}, key=public), keys=keys)


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("value", EXTENSION_VALUES, ids=repr)
def test_extensions_are_refused(verify, name, value):
    """Each header that changes the meaning of the rest is refused, whatever its value."""  # JWT-08
    with pytest.raises(TokenInvalidError, match="extension"):
        verify(forged(header=HEADER | {name: value}))


def test_the_unencoded_payload_option_is_refused(verify):
    """RFC 7797's own form, with b64 declared critical, is refused."""  # JWT-08
    with pytest.raises(TokenInvalidError):
        verify(forged(header=HEADER | {"b64": False, "crit": ["b64"]}))


def _carried():
    """Return headers that carry or point to the attacker's key."""
    secret = b64url_encode(b"this secret is the attacker's own choice")
    number = PUBLIC_KEYS["rsa"].public_numbers().n
    return {
        "jwk": {"kty": "oct", "k": secret, "alg": "HS256"},
        "jku": "https://attacker.example/jwks.json",
        "x5u": "file:///etc/passwd",
        "x5c": [b64url_encode(number.to_bytes(256))],
        "x5t": "A" * 27,
    }


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "kid", [None, "attacker", KEY.key_id, "../../dev/null", "https://attacker.example/k"]
)
def test_no_key_comes_from_the_header(verify, kid):
    """The attacker's key, carried or pointed to in every way, is never used nor fetched."""  # JWT-09
    carried = {"alg": "HS256", "typ": "at+jwt"} | _carried() | ({"kid": kid} if kid else {})
    with pytest.raises(TokenInvalidError):
        verify(forged(header=carried, key=ATTACKER))


@pytest.mark.usefixtures("no_network")
def test_members_that_carry_keys_are_not_looked_at(verify):
    """A token of ours that happens to have them is verified by our key as any other."""  # JWT-09
    assert verify(forged(header=HEADER | _carried())).subject == "42"


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("kid", key_ids(KEY.key_id), ids=repr)
def test_kid_is_one_exact_text(verify, kid):
    """Another kid is refused without a look outside, although the signature is right."""  # JWT-09, JWT-18
    with pytest.raises(TokenInvalidError):
        verify(forged(header=HEADER | {"kid": kid}))


def test_without_kid_the_keys_are_tried(verify):
    """A token without kid verifies with any key of a ring of one algorithm, and no other."""
    old = Hs256Key("an older secret of the tests of the tokens")
    header = {"alg": "HS256", "typ": "at+jwt"}
    keys = KeyRing([KEY, old])
    for key in (KEY, old):
        assert verify(forged(header=header, key=key), keys=keys).subject == "42"
    with pytest.raises(TokenInvalidError, match="signature"):
        verify(forged(header=header, key=ATTACKER), keys=keys)


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+jwt"])
def test_the_type_is_access_token(verify, kind):
    """The type is at+jwt in any case, with or without application/."""  # JWT-13
    assert verify(forged(header=HEADER | {"typ": kind})).subject == "42"


@pytest.mark.parametrize("kind", TYPES, ids=repr)
def test_no_other_type_is_accepted(verify, kind):
    """A token made for another purpose is no access token."""  # JWT-13
    with pytest.raises(TokenInvalidError, match="not an access token"):
        verify(forged(header=HEADER | {"typ": kind}))


def test_the_type_must_be_there(verify):
    """A header without typ is refused."""  # JWT-13
    with pytest.raises(TokenInvalidError, match="not an access token"):
        verify(forged(header={"alg": "HS256", "kid": KEY.key_id}))


@pytest.mark.parametrize("header", headers(HEADER), ids=lambda header: repr(header)[:40])
def test_the_header_is_one_strict_object(verify, header):
    """Another encoding, a name twice, NaN, depth or a second value is refused."""  # JWT-10
    with pytest.raises(TokenInvalidError):
        verify(forged(header=header))


@pytest.mark.parametrize("change", SEGMENTS.values(), ids=SEGMENTS)
def test_the_header_is_canonical_base64url(verify, change):
    """A header segment with padding, the standard alphabet or white space is refused."""  # JWT-03
    payload = b64url_encode(json.dumps(CLAIMS).encode())
    segment = b64url_encode(json.dumps(HEADER).encode())
    assert verify(sealed(segment, payload)).subject == "42"
    with pytest.raises(TokenInvalidError):
        verify(sealed(change(segment), payload))


def test_the_wrong_secret_is_refused(verify):
    """The header may be right to the letter; only the MAC counts."""
    with pytest.raises(TokenInvalidError, match="signature"):
        verify(forged(key=ATTACKER))
    assert verify(forged(key=Hs256Key(SECRET.encode()))).subject == "42"
