"""An issuer that goes from a shared secret to keys of its own: tokens of both are believed side by side."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from jwt_auth_core import AccessTokens
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError, WeakKeyError
from jwt_auth_core.keys.remote import RemoteKeys
from jwt_auth_core.vocabulary import Secret
from tests.providers.signed import NOW, SECRET, VECTORS, key, ring

NEW, LEGACY = (vector for vector in VECTORS if vector.profile == "supabase")
KNOWN = {"issuer": NEW.issuer, "audience": NEW.audience, "profile": "supabase", "shared_secret": SECRET}
PUBLISHED = {"keys": [key("ES256").public_jwk()]}


def made(**config):
    """Return what believes tokens by published keys, and by the secret."""
    return AccessTokens.from_jwks(PUBLISHED, **(KNOWN | config))


def forged(header, octets=SECRET):
    """Return a token of a header whose HS256 signature is by any secret."""
    parts = (b64url_encode(json.dumps(part).encode()) for part in (header, LEGACY.at(NOW)))
    message = ".".join(parts).encode()
    mac = hmac.digest(octets.encode(), message, hashlib.sha256)
    return b".".join([message, b64url_encode(mac).encode()])


def refused(tokens, token):
    """Return why a token is refused, cold and once more."""
    reasons = set()
    for _ in range(2):
        with pytest.raises(TokenInvalidError) as caught:
            tokens.verify(token, now=NOW)
        reasons.add(caught.value.reason)
    return reasons


@pytest.mark.parametrize(
    "secret", [SECRET, SECRET.encode(), Secret(SECRET)], ids=["text", "octets", "secret"]
)
def test_tokens_of_both_kinds_are_believed(secret):
    """By a published key, and by the secret, whatever the token calls it, or by no name at all."""
    tokens = made(shared_secret=secret)
    assert tokens.verify(NEW.token(), now=NOW).subject == NEW.expect["subject"]
    nameless = {name: value for name, value in LEGACY.header.items() if name != "kid"}
    for header in (LEGACY.header, {**LEGACY.header, "kid": "another"}, nameless, {**nameless, "kid": "k1"}):
        assert tokens.verify(LEGACY.token(header=header), now=NOW).subject == LEGACY.expect["subject"]


def test_the_secret_is_of_its_algorithm_alone():
    """A published key signs nothing by HS256, and the secret nothing else."""  # JWT-04, JWT-05
    tokens, public = made(), PUBLISHED["keys"][0]
    octets = [json.dumps(public), json.dumps(PUBLISHED), public["x"] + public["y"], public["x"]]
    for header in (LEGACY.header, {**LEGACY.header, "kid": "k1"}, NEW.header | {"alg": "HS256"}):
        for wrong in (*octets, SECRET + "x", "x" + SECRET):
            assert refused(tokens, forged(header, wrong)) == {"its signature is not by a known key"}
    for name in ("HS384", "HS512", "ES384", "RS256", "none", "hs256", "ES256"):
        assert refused(tokens, forged({**LEGACY.header, "alg": name}))
        assert refused(tokens, forged({**NEW.header, "alg": name}))
    assert refused(tokens, NEW.token(header={**NEW.header, "kid": LEGACY.header["kid"]}))
    assert refused(tokens, NEW.token(header={**NEW.header, "alg": "HS256"}))


def test_every_claim_is_minded_with_the_secret_too():
    """Whoever signed it: issuer, audience, marks and times are those of the profile."""
    tokens = made()
    for name in ("iss", "aud", "sub", "iat", "exp", "role", "session_id", "aal"):
        assert refused(tokens, LEGACY.token(**{name: None}))
        assert refused(tokens, NEW.token(**{name: None}))


def test_without_a_secret_nobody_is_believed_by_one():
    """As ever: a name that no published key has."""
    assert refused(made(shared_secret=None), LEGACY.token()) == {"its header names no known key"}


def test_the_secret_outlives_a_change_of_keys():
    """New keys make what was verified by old ones invalid, and leave the secret alone."""  # JWT-18
    tokens = made()
    tokens.replace_keys(ring("RS256"))
    assert tokens.verify(LEGACY.token(), now=NOW)
    assert refused(tokens, NEW.token())


def test_the_secret_needs_no_published_key():
    """While the issuer does not answer its tokens by the secret are told right from wrong; others wait."""
    source = RemoteKeys("https://abcdefgh.supabase.co/auth/v1/jwks", fetch=lambda _url: b"")
    source.look = lambda: None
    tokens = AccessTokens(source.ring, **KNOWN)
    tokens.follow(source)
    assert tokens.verify(LEGACY.token(), now=NOW)
    assert refused(tokens, forged(LEGACY.header, "another secret of some other project"))
    with pytest.raises(StoreUnavailableError):
        tokens.verify(NEW.token(), now=NOW)


@pytest.mark.parametrize("profile", [None, "keycloak", "okta", "rfc9068", "google-id"])
def test_only_a_profile_with_hs256_has_one(profile):
    """Nobody gets a shared secret by accident."""
    with pytest.raises(ValueError, match="needs a profile that accepts HS256"):
        made(profile=profile)


@pytest.mark.parametrize("secret", ["short", "", b"", "changeme" * 5])
def test_a_weak_secret_is_refused(secret):
    """What can be guessed would let everybody in."""
    with pytest.raises(WeakKeyError):
        made(shared_secret=secret)


def test_it_is_taken_by_discovery_too():
    """``from_issuer`` and ``from_jwks`` take it as the class does; nothing shows it."""
    url = LEGACY.issuer
    known = {name: value for name, value in KNOWN.items() if name != "issuer"}
    tokens = AccessTokens.from_issuer(url, **known)
    try:
        assert tokens.verify(LEGACY.token(), now=NOW).issuer == url
        assert SECRET not in repr(tokens)
    finally:
        tokens.close()
