"""Why a token was refused: the rule and the remedy, and nothing of the token."""

from __future__ import annotations

import pytest

from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens.explain import explain, looks_like, remedy
from jwt_auth_core.tokens.profile import TokenProfile
from tests.providers.signed import ABSENT, NOW, VECTORS, named


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_token_is_in_the_form_of_its_profile(vector):
    """Its own profile finds nothing to say, and its issuer is known by its name or claims."""
    said = explain(vector.token(), now=NOW)
    broken = {verdict.profile: verdict.broken for verdict in said.verdicts}
    assert broken[vector.profile] is None
    if vector.profile not in {"rfc9068", "better-auth"}:
        assert said.looks_like == vector.profile


def test_a_token_of_our_own_needs_no_profile():
    """What `AccessTokens` issues is in the form that is accepted without one, HS256 included."""
    own = AccessTokens(KeyRing.from_secret("a secret of our own, and nobody else knows it"))
    said = explain(own.issue(subject="42", now=NOW), now=NOW, issuer="https://a.example", audience="api")
    broken = {verdict.profile: verdict.broken for verdict in said.verdicts}
    assert broken["rfc9068"] == "it is not by the expected issuer (iss)"
    named = AccessTokens(own.keys, issuer="https://a.example", audience="api")
    said = explain(named.issue(subject="42", now=NOW), now=NOW)
    assert {v.profile: v.broken for v in said.verdicts}["rfc9068"] is None


def test_each_profile_names_the_rule_that_is_broken_first():
    """Expected issuer and audience are minded where they are given."""
    keycloak = next(vector for vector in VECTORS if vector.profile == "keycloak")
    token = keycloak.token()
    broken = {v.profile: v.broken for v in explain(token, audience="other", now=NOW).verdicts}
    assert broken["keycloak"] == "it is not for this audience (aud)"
    assert broken["rfc9068"] == "it is not an access token: its header's typ is not at+jwt"
    late = {v.profile: v.broken for v in explain(token, now=NOW + 999).verdicts}
    assert late["keycloak"] == "it is expired, and otherwise as it should be"
    strict = {v.profile: v.broken for v in explain(keycloak.token(scope='"'), now=NOW).verdicts}
    assert strict["keycloak"] == "its scope is not of printable ASCII words between single spaces"
    own = TokenProfile(name="own", types=frozenset({"jwt"}))
    assert explain(token, now=NOW, profile=own).verdicts[-1].profile == "own"


def test_the_remedy_is_one_sentence():
    """What the type is, and which profile to name."""
    keycloak = next(vector for vector in VECTORS if vector.profile == "keycloak")
    said = "its typ is JWT, its alg RS256; the issuer looks like keycloak: profile='keycloak'"
    assert remedy(keycloak.token()) == said
    nobody = keycloak.token(header={"alg": "x" * 99}, iss=7, realm_access=None)
    assert remedy(nobody).startswith("its typ is absent, its alg unusual")
    assert remedy(keycloak.token(), profile="keycloak") == "its typ is JWT, its alg RS256"


@pytest.mark.parametrize(
    ("profile", "changes", "todo"),
    [
        ("keycloak", {"typ": "ID"}, "send a bearer access token, not an ID, refresh or DPoP token"),
        ("cognito", {"token_use": "id"}, "send a bearer access token, not an ID, refresh or DPoP token"),
        ("okta", {"cid": ABSENT}, "send a bearer access token, not an ID, refresh or DPoP token"),
        ("entra", {"nonce": "n"}, "send a bearer access token, not an ID, refresh or DPoP token"),
        ("keycloak", {"typ": "DPoP"}, "send a bearer access token, not an ID, refresh or DPoP token"),
        ("clerk", {"sts": "pending"}, "its session has tasks to do first, such as a new password"),
        ("firebase", {"firebase": ABSENT}, "send the ID token"),
        ("keycloak", {"aud": "account"}, "at keycloak the client needs an audience mapper"),
        ("auth0", {"aud": "account"}, "audience= is what the client asks for"),
        ("zitadel", {"iss": "https://acme.zitadel.cloud/"}, "write issuer= as iss has it, to the letter"),
        ("auth0", {"exp": NOW + 10**8}, "shorten it at the issuer, or raise lifetime_seconds of the profile"),
    ],
)
def test_each_reason_has_its_remedy(profile, changes, todo):
    """Where the profile is named already, the sentence ends with what to do next."""
    vector = next(vector for vector in VECTORS if vector.profile == profile)
    token = vector.token(**changes)
    with pytest.raises(TokenInvalidError) as caught:
        vector.tokens().verify(token, now=NOW)
    assert remedy(token, profile=profile, reason=caught.value.reason).endswith(f"; {todo}")


def test_a_key_that_is_not_known_has_a_remedy():
    """A shared secret is one that we were not told of; another key is another tenant's, or withdrawn."""
    by_secret, by_key = (
        next(one for one in VECTORS if one.profile == "supabase" and one.algorithm == algorithm)
        for algorithm in ("HS256", "ES256")
    )
    for vector, header, todo in (
        (by_secret, by_secret.header, "a secret signs it: shared_secret="),
        (by_key, by_key.header | {"kid": "k2"}, "it is another tenant's, or its key was withdrawn"),
    ):
        with pytest.raises(TokenInvalidError) as caught:
            by_key.tokens().verify(vector.token(header=header), now=NOW)
        said = remedy(vector.token(header=header), profile="supabase", reason=caught.value.reason)
        assert said.endswith(f"; {todo}")
    own = AccessTokens(KeyRing.from_secret("a secret of our own, and nobody else knows it"))
    token, reason = own.issue(subject="42"), "its header names no known key"
    assert remedy(token, profile="rfc9068", reason=reason).endswith("its key was withdrawn")


def test_a_long_type_is_shown():
    """Okta's org server has one of its own, by which its tokens are told from those for an API of yours."""
    okta = next(vector for vector in VECTORS if vector.profile == "okta")
    token = okta.token(header=okta.header | {"typ": "application/okta-internal-at+jwt"})
    assert remedy(token, profile="okta").startswith("its typ is application/okta-internal-at+jwt,")


@pytest.mark.parametrize("token", ["ya29.a0AfB_by", "no token", "e30.a.b.c.d", "a"])
def test_an_opaque_token_is_none_to_verify(token):
    """Several providers write opaque or encrypted ones until they know which API is meant."""
    assert remedy(token).startswith("it is no signed JWT: have the issuer write JWT access tokens")


def test_claims_give_an_issuer_away():
    """Under a domain of one's own the claims say whose software it is."""
    assert looks_like({"iss": "https://id.example.com", "urn:zitadel:iam:org:id": "1"}) == "zitadel"
    assert looks_like({"iss": "https://id.example.com", "fva": [1, 2]}) == "clerk"
    assert looks_like({"iss": "https://id.example.com"}) is None


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "e30.e30", "e30.W10.x", "e30.e30.x.y"])
def test_what_is_no_token_is_said_to_be_none(text):
    """Three parts, the first two of them JSON objects."""
    with pytest.raises(TokenInvalidError, match="three parts"):
        explain(text, now=NOW)
