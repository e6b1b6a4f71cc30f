"""A second opinion: PyJWT reads what we write, we read what it writes, and nobody is more lenient."""

from __future__ import annotations

import random

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.tokens import AccessTokens
from jwt_auth_core.tokens.claims import REGISTERED
from tests.tokens.forge import CLAIMS, HEADER, KEY, NOW, RING, SECRET, claims, forged
from tests.tokens.mutations import edited

TYPED = {"typ": "at+jwt"}
PARTIES = {"iss": "https://issuer.example", "aud": "api"}


@pytest.fixture(autouse=True)
def one_clock(monkeypatch):
    """Let PyJWT tell the time of these tests."""

    class HeldDatetime(jwt.api_jwt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(NOW, tz)

    monkeypatch.setattr(jwt.api_jwt, "datetime", HeldDatetime)


def theirs(payload, *, headers=TYPED, secret=SECRET, algorithm="HS256"):
    """Return a token that PyJWT made."""
    return jwt.encode(payload, secret, algorithm=algorithm, headers=headers)


def read_by_pyjwt(token, **config):
    """Return the claims that PyJWT reads."""
    return jwt.decode(token, SECRET, algorithms=["HS256"], **config)


def refused_for_its_signature(token):
    """Tell whether PyJWT finds no right signature (or nothing that could have one)."""
    try:
        jwt.PyJWS().decode(token, SECRET, algorithms=["HS256"])
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return True
    return False


values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.text(max_size=10)
    | st.lists(st.text(max_size=4), max_size=3)
)
extras = st.dictionaries(
    st.text(min_size=1, max_size=6).filter(lambda n: n not in {*HEADER, *REGISTERED} and len(n) != 3),
    values,
    max_size=4,
)


@given(st.text(min_size=1, max_size=12), extras)
def test_pyjwt_reads_ours(subject, extra):
    """PyJWT verifies our tokens and finds the claims that were put in."""
    tokens = AccessTokens(RING, issuer="https://issuer.example", audience="api")
    token = tokens.issue(subject=subject, scopes=["b", "a"], session_id="5e55", extra=extra, now=NOW)
    read = read_by_pyjwt(token, issuer="https://issuer.example", audience="api")
    expected = {"iss": "https://issuer.example", "aud": "api", "sub": subject, "iat": NOW, "exp": NOW + 900}
    assert read.items() >= (expected | {"sid": "5e55", "scope": "a b"}).items()
    assert {name: read[name] for name in extra} == extra
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": KEY.key_id, "typ": "at+jwt"}


@given(st.text(min_size=1, max_size=12), extras)
def test_we_read_pyjwt_s(subject, extra):
    """We verify PyJWT's tokens, which have no kid, and find the claims that were put in."""
    token = theirs(claims(sub=subject, scope="a b", **PARTIES, **extra))
    said = AccessTokens(RING, issuer="https://issuer.example", audience="api").verify(token, now=NOW)
    assert (said.subject, said.scopes, said.token_id) == (subject, {"a", "b"}, "4f2a")
    assert set(said.extra) == set(extra)


def test_we_read_pyjwt_s_with_a_key_id(verify):
    """A PyJWT issuer may name our key."""
    assert verify(theirs(CLAIMS, headers=TYPED | {"kid": KEY.key_id})).subject == "42"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_pyjwt_s_other_algorithms_are_refused(verify, algorithm):
    """What PyJWT signs with the same secret by another algorithm is refused."""  # JWT-04
    secret = None if algorithm == "none" else SECRET * 2
    with pytest.raises(TokenInvalidError):
        verify(theirs(CLAIMS, secret=secret, algorithm=algorithm), keys=KeyRing.from_secret(SECRET + "x"))


@pytest.mark.parametrize(
    "token", [theirs(CLAIMS, headers={}), theirs(CLAIMS, headers={"typ": "JWT"})], ids=["default", "JWT"]
)
def test_pyjwt_s_plain_tokens_are_refused(verify, token):
    """Without typ at+jwt a token was not made to give access."""  # JWT-13
    with pytest.raises(TokenInvalidError, match="not an access token"):
        verify(token)


EXPECTED = {"iss": "expected", "aud": "expected"}


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"exp": NOW},
            {"exp": NOW - 1},
            {"exp": "x"},
            {"exp": None},
            {"exp": float("nan")},
            {"nbf": NOW + 999},
        ),
        *({"nbf": "x"}, {"iat": NOW + 999}, {"iat": "x"}, {"iat": None}, {"sub": 5}, {"jti": 5}),
        *({"aud": "other"}, {"aud": ["other"]}, {"aud": 5}, {"iss": "other"}, {"iss": ["expected"]}),
    ],
    ids=repr,
)
def test_what_pyjwt_refuses_we_refuse(verify, change):
    """No claim that PyJWT refuses is accepted here."""
    config = {"issuer": "expected", "audience": "expected"}
    token = forged(claims(**EXPECTED | change))
    with pytest.raises((jwt.InvalidTokenError, ValueError)):
        read_by_pyjwt(token, **config)
    with pytest.raises(TokenError):
        verify(token, **config)


@pytest.mark.parametrize("payload", [b"[]", b"null", b"{", b"\xff", b"", b'{"exp":1e400}', b"{}{}"])
def test_what_is_no_object_neither_reads(verify, payload):
    """No payload that PyJWT cannot read is read here."""
    with pytest.raises((jwt.InvalidTokenError, OverflowError)):
        read_by_pyjwt(forged(payload))
    with pytest.raises(TokenInvalidError):
        verify(forged(payload))


def test_both_expire_at_once(verify):
    """Ours and theirs agree on the second in which a token expires."""  # JWT-11
    assert read_by_pyjwt(forged(claims(exp=NOW + 1)))
    assert verify(forged(claims(exp=NOW + 1)))
    with pytest.raises(jwt.ExpiredSignatureError):
        read_by_pyjwt(forged(claims(exp=NOW)))
    with pytest.raises(TokenExpiredError):
        verify(forged(claims(exp=NOW)))


@pytest.mark.untraced
def test_edited_tokens_find_no_friend():
    """What PyJWT refuses for its signature is refused here, in 10,000 edits."""  # JWT-19
    source, tokens = random.Random(19), AccessTokens(RING)  # noqa: S311 - the same in every run
    originals = [forged(), theirs(CLAIMS), forged(claims(sub="43", scope="a"))]
    for token in originals:
        assert tokens.verify(token, now=NOW)
    for _ in range(10_000):
        token = edited(source, source.choice(originals), originals)
        if token not in originals and refused_for_its_signature(token):
            with pytest.raises(TokenInvalidError):
                tokens.verify(token, now=NOW)
