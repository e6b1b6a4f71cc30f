"""Client assertions (RFC 7523 section 3), signed as clients sign them: by another library."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import jwt
import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.assertion import MOST_SECONDS, check_signature, parse_assertion, verify_assertion
from tests.clients.signing import ISSUER, NOW, key_pair, ring, signed

ONE, OTHER = key_pair(), key_pair()


def read(token, pair=ONE, *, audience=ISSUER, now=NOW):
    """Return the assertion of a token that one of the pair's keys has signed, or raise."""
    presented = parse_assertion(token)
    check_signature(presented, [ring(pair)])
    return verify_assertion(presented, audience=audience, now=now)


def reason(token, pair=ONE):
    """Return why a token is no good assertion."""
    with pytest.raises(TokenInvalidError) as caught:
        read(token, pair)
    assert token[:20] not in str(caught.value)  # JWT-16
    return caught.value.reason


def test_an_assertion_is_read():
    """Whose it is, what it is called, and when it ends."""
    token = signed(ONE, jti="x")
    assert parse_assertion(token).client_id == "billing"
    good = read(token)
    assert (good.token_id, good.expires_at) == ("x", NOW + 60)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "PS256", "RS256"])
def test_each_kind_of_key_signs(algorithm):
    """By the algorithm that is its own."""  # JWT-05
    pair = key_pair(algorithm)
    assert read(signed(pair), pair)


@pytest.mark.parametrize("kind", [None, "JWT", "jwt", "client-authentication+jwt"])
def test_its_type_is_that_of_an_assertion(kind):
    """As most libraries write it, or as the draft of today has it."""
    assert read(signed(ONE, header={"typ": kind}))


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", 7])
def test_no_other_token_passes_for_one(kind):
    """Not an access token, nor anything else that the key signs."""  # JWT-13
    assert "typ" in reason(signed(ONE, header={"typ": kind}))


def test_an_audience_may_be_a_list_of_one():
    """As some libraries write it."""
    assert read(signed(ONE, aud=[ISSUER]))


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iss": "other"}, "iss and sub"),
        ({"sub": None}, "its sub"),
        ({"iss": 7}, "its iss"),
        ({"aud": ISSUER + "/token"}, "aud"),
        ({"aud": [ISSUER, "https://evil.example"]}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": None}, "its exp"),
        ({"exp": "soon"}, "its exp"),
        ({"exp": NOW}, "expired"),
        ({"exp": NOW + MOST_SECONDS + 61}, "ahead"),
        ({"nbf": NOW + 61}, "future"),
        ({"iat": NOW + 61}, "future"),
        ({"jti": None}, "its jti"),
        ({"jti": ""}, "its jti"),
    ],
)
def test_what_an_assertion_must_say(claims, said):
    """Each claim of RFC 7523, and an end that is not far."""
    assert said in reason(signed(ONE, **claims))


@pytest.mark.parametrize("claims", [{"exp": NOW + MOST_SECONDS + 60}, {"iat": NOW + 60, "nbf": NOW + 60}])
def test_a_clock_may_be_a_minute_ahead(claims):
    """A client's, which starts from there."""
    assert read(signed(ONE, **claims))


def test_only_its_client_can_sign_it():
    """No other key, whatever it is called, nor the right one under another algorithm."""
    assert "signature" in reason(signed(OTHER))
    assert "signature" in reason(signed(OTHER, header={"kid": ONE.key_id}))
    assert "signature" in reason(signed(ONE, header={"kid": "x"}))
    head, payload, signature = signed(ONE).split(".")
    assert "signature" in reason(f"{head}.{payload}.{signed(OTHER).rsplit('.', 1)[1]}")
    assert "signature" in reason(f"{head}.{signed(ONE, jti='y').split('.')[1]}.{signature}")


def test_a_public_key_is_no_secret():
    """What is public signs nothing, by HMAC neither."""  # JWT-05
    public = ring(ONE).newest.public_jwk()["x"]
    forged = jwt.encode({"iss": "billing", "sub": "billing"}, public, "HS256")
    assert "alg" in reason(forged)
    unsigned = jwt.encode({"iss": "billing", "sub": "billing"}, None, "none")
    assert "alg" in reason(unsigned)


def test_a_critical_extension_is_refused():
    """It would change what the rest means."""  # JWT-08
    assert "extension" in reason(signed(ONE, header={"crit": ["x"], "x": 1}))


def test_a_key_without_a_name_is_found():
    """An assertion needs no kid where all keys are of one kind."""
    assert read(signed(ONE, header={"kid": None}))
    both = KeyRing([key.newest for key in (ring(ONE), ring(key_pair("ES256")))])
    presented = parse_assertion(signed(ONE, header={"kid": None}))
    with pytest.raises(TokenInvalidError):
        check_signature(presented, [both])
    check_signature(parse_assertion(signed(ONE)), [ring(OTHER), both])


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "....", "é.é.é", "\udcff", "x" * 8193, f"a.{urlsafe_b64encode(b'[]').decode()}.b"],
)
def test_anything_else_is_no_assertion(token):
    """It is only refused."""  # JWT-15
    with pytest.raises(TokenInvalidError):
        parse_assertion(token)


def test_what_is_prepared_for_the_tests_is_real():
    """The pair's private half is not in the ring that verifies."""
    assert isinstance(ONE, PyJwtKey)
    assert not ring(ONE).newest.can_sign
