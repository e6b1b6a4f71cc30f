"""Several issuers behind one verifier: each is asked about its own tokens, and nobody else's."""

from __future__ import annotations

import traceback

import pytest

from jwt_auth_core import AccessTokens, KeyRing, any_of
from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens import any_of as any_of_module
from jwt_auth_core.tokens.limits import Limits
from tests.providers.signed import NOW, VECTORS, named, signed

OWN = AccessTokens(KeyRing.from_secret("a secret of our own, and nobody else knows it"), clock=lambda: NOW)
KEYCLOAK = next(vector for vector in VECTORS if vector.profile == "keycloak")
AUTH0 = next(vector for vector in VECTORS if vector.profile == "auth0")
OWN_HEADER = {"alg": "RS256", "typ": "at+jwt"}
GOOGLE = next(vector for vector in VECTORS if vector.profile == "google-id")


def tokens(vector):
    """Return the verifier of a vector at the time of the tests."""
    return vector.tokens(clock=lambda: NOW)


@pytest.fixture
def both():
    """Return our own tokens beside two other issuers'."""
    return any_of(OWN, tokens(KEYCLOAK), tokens(AUTH0))


def test_each_token_is_judged_by_its_issuer_s_verifier(both):
    """Three issuers, three tokens, each with the name of its issuer."""
    mine = OWN.issue(subject="42")
    assert both.verify(mine).issuer is None
    assert both.verify(KEYCLOAK.token()).issuer == KEYCLOAK.issuer
    assert both.verify(AUTH0.token().encode()).issuer == AUTH0.issuer


def test_the_name_of_an_issuer_opens_no_other_s_door(both):
    """A token that names an issuer is verified by that issuer's key and profile, or not at all."""
    with pytest.raises(TokenInvalidError):
        both.verify(KEYCLOAK.token(iss=AUTH0.issuer))
    with pytest.raises(TokenInvalidError):
        both.verify(signed(KEYCLOAK.header, KEYCLOAK.at(NOW) | {"iss": None}, "RS256"))
    with pytest.raises(TokenExpiredError):
        both.verify(KEYCLOAK.token(), now=NOW + 300)


def test_an_unknown_issuer_is_refused_without_a_nameless_part():
    """Who is none of them is told so."""
    named_ones = any_of(tokens(KEYCLOAK), tokens(AUTH0))
    for token in (
        OWN.issue(subject="42"),
        KEYCLOAK.token(iss="https://evil.example"),
        "a.b.c",
        "",
        b"\xff",
        7,
    ):
        with pytest.raises(TokenInvalidError):
            named_ones.verify(token)


def test_headers_are_remembered_with_their_part(both):
    """The second look at a header is a matter of memory, and of its time all the same."""
    value = b"Bearer " + KEYCLOAK.token().encode()
    callers = [both.verify_header(value, lambda one: one[7:], _subject) for _ in range(2)]
    assert callers == [KEYCLOAK.expect["subject"]] * 2
    assert both.verify_header(b"Basic x", lambda _one: None, _subject) is None
    assert [part.now() for part in both] == [NOW] * 3
    assert both.now() == NOW


def test_the_memory_of_headers_is_bounded(both, monkeypatch):
    """What is too long is looked up anew; of many the oldest is forgotten."""
    monkeypatch.setattr(any_of_module, "_REMEMBERED", 1)
    values = [b"Bearer " + OWN.issue(subject=name).encode() for name in ("a", "b")]
    long = b"Bearer " + OWN.issue(subject="c", extra={"x": "y" * 2048}).encode()
    for value in (*values, long, *values):
        assert both.verify_header(value, lambda one: one[7:], _subject)
    assert list(both._seen) == [values[1]]


def test_each_part_says_how_long_its_tokens_may_be():
    """One part's longer limit lets its own tokens through, and no other's."""  # JWT-01
    long = {"x": "y" * 9000}
    roomy = KEYCLOAK.tokens(clock=lambda: NOW, limits=Limits(characters=16_384))
    both = any_of(OWN, roomy, tokens(AUTH0))
    assert both.verify(KEYCLOAK.token(**long)).subject == KEYCLOAK.expect["subject"]
    value = b"Bearer " + KEYCLOAK.token(**long).encode()
    assert both.verify_header(value, lambda one: one[7:], _subject) == KEYCLOAK.expect["subject"]
    for token in (AUTH0.token(**long), signed(OWN_HEADER, {"sub": "42", **long}, "RS256")):
        for verify in (both.verify, any_of(OWN, tokens(AUTH0)).verify):
            with pytest.raises(TokenInvalidError, match="longer than 8192 characters"):
                verify(token)
    with pytest.raises(TokenInvalidError, match="longer than 16384 characters"):
        both.verify(KEYCLOAK.token(x="y" * 20_000))


def test_a_shorter_limit_is_kept_beside_a_longer_one():
    """A part that takes 1024 characters takes no more because another does."""  # JWT-01
    strict = KEYCLOAK.tokens(clock=lambda: NOW, limits=Limits(characters=1024))
    both = any_of(OWN, strict, tokens(AUTH0))
    with pytest.raises(TokenInvalidError, match="longer than 1024 characters"):
        both.verify(KEYCLOAK.token(x="y" * 1024))


def test_a_part_that_remembers_nothing_has_nothing_remembered():
    """What is kept of a header beside its part is bounded as that part says, too."""
    forgetful = KEYCLOAK.tokens(clock=lambda: NOW, limits=Limits(remembered=0))
    both = any_of(OWN, forgetful)
    assert both.verify_header(b"Bearer " + KEYCLOAK.token().encode(), lambda one: one[7:], _subject)
    assert not both._seen


@pytest.mark.parametrize(
    "changes", [{"exp": NOW}, {"iss": "https://evil.example"}, {"aud": "x"}, {"x": "y" * 9999}]
)
def test_errors_are_silent(both, changes):
    """No frame of an error shows a token, whichever part refused it, or none."""  # JWT-16
    token = KEYCLOAK.token(**changes)
    value = b"Bearer " + token.encode()
    for refuse in (
        lambda: both.verify(token),
        lambda: both.verify(token.encode()),
        lambda: both.verify_header(value, lambda one: one[7:], _subject),
    ):
        with pytest.raises(TokenError) as caught:
            refuse()
        error = caught.value
        inner = traceback.walk_tb(error.__traceback__.tb_next.tb_next)
        found = "".join(traceback.StackSummary.extract(inner, capture_locals=True).format())
        assert "any_of.py" in found
        assert error.__context__ is error.__cause__ is None
        assert not any(part in found for part in token.split("."))


def test_an_auth_among_the_parts_is_closed_by_its_owner():
    """Closing ends the threads of the others alone."""

    class Holder:
        tokens = OWN

    assert any_of(Holder(), tokens(KEYCLOAK)).own is OWN
    any_of(Holder(), tokens(KEYCLOAK)).close()


def _subject(claims):
    return claims.subject


def test_parts_have_names_of_their_own():
    """No two issuers the same, at most one without a name, one Auth at most."""
    for parts, said in (
        ((), "at least one part"),
        ((OWN, AccessTokens(OWN.keys)), "at most one part"),
        ((tokens(KEYCLOAK), tokens(KEYCLOAK)), "the same issuer"),
        ((tokens(GOOGLE), GOOGLE.tokens(issuer="accounts.google.com")), "the same issuer"),
    ):
        with pytest.raises(ValueError, match=said):
            any_of(*parts)
    with pytest.raises(TypeError):
        any_of(OWN, "tokens")


def test_tenants_of_everybody_are_one_issuer():
    """``tenants="any"`` beside one of these tenants is the same issuer twice."""
    entra = next(vector for vector in VECTORS if vector.profile == "entra")
    common = entra.tokens(issuer="https://login.microsoftonline.com/common/v2.0", tenants="any")
    with pytest.raises(ValueError, match="the same issuer"):
        any_of(common, entra.tokens())
    with pytest.raises(ValueError, match="the same issuer"):
        any_of(common, entra.tokens(issuer=common.profile.issuers[0], tenants="any", audience="another"))
    assert any_of(OWN, common).verify(entra.token(), now=NOW).issuer == entra.issuer


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_every_provider_goes_beside_our_own(vector):
    """Each profile works as a part."""
    both = any_of(OWN, tokens(vector))
    assert both.verify(vector.token()).subject == vector.expect["subject"]
    both.close()
