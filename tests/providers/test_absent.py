"""Tokens of a system that is being left, which name no issuer, or not when they were issued."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jwt_auth_core import AccessTokens, KeyRing, TokenProfile, any_of
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.imports import imported_id
from jwt_auth_core.keys import Hs256Key

NOW = 1_800_000_000
HOUR = 3600
SECRET = "the secret of the old system, which is not ours"
ISSUER = "https://old.example.com"
ADA = "f6b0e1c2-8d1f-4a53-9b0a-3f5f5c6b7a88"
FASTAPI_USERS = TokenProfile(
    name="fastapi-users",
    types=frozenset({"jwt"}),
    algorithms=frozenset({"HS256"}),
    token_id=None,
    session_id=None,
    scopes=(),
    absent=frozenset({"iss", "iat"}),
    lifetime_seconds=HOUR,
)
SIMPLEJWT = replace(
    FASTAPI_USERS,
    name="simplejwt",
    subject="user_id",
    token_id="jti",
    audience="token_type",
    required=frozenset({"jti"}),
    refused=frozenset({"aud"}),
    absent=frozenset({"iss"}),
)
OF_FASTAPI_USERS = {"sub": ADA, "aud": ["fastapi-users:auth"], "exp": NOW + HOUR}
OF_SIMPLEJWT = {"token_type": "access", "exp": NOW + 300, "iat": NOW, "jti": "8f3c", "user_id": "7"}


def signed(claims, secret=SECRET, **header):
    """Return an HS256 token as PyJWT writes it."""
    parts = ({"alg": "HS256", "typ": "JWT", **header}, claims)
    signing = ".".join(b64url_encode(json.dumps(part).encode()) for part in parts)
    return f"{signing}.{Hs256Key(secret).sign(signing.encode()).decode()}"


def of_fastapi_users(**more):
    """Return what believes them."""
    ring = KeyRing.from_foreign_secret(SECRET)
    named = {"issuer": ISSUER, "audience": "fastapi-users:auth", "profile": FASTAPI_USERS}
    return AccessTokens(ring, **{**named, **more})


def of_simplejwt(**more):
    """Return what believes them, as users of ours."""
    ring = KeyRing.from_foreign_secret(SECRET)

    def subject(claims):
        return imported_id("django", claims.subject)

    named = {"issuer": ISSUER, "audience": "access", "profile": SIMPLEJWT, "subject": subject}
    return AccessTokens(ring, **{**named, **more})


def test_a_token_of_fastapi_users_is_believed():
    """It goes by the configured issuer, and counts as issued as early as one with its end can be."""
    claims = of_fastapi_users().verify(signed(OF_FASTAPI_USERS), now=NOW)
    assert (claims.subject, claims.issuer) == (ADA, ISSUER)
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW + HOUR)
    later = of_fastapi_users().verify(signed({**OF_FASTAPI_USERS, "exp": NOW + 60}), now=NOW)
    assert later.issued_at == NOW + 60 - HOUR


@pytest.mark.parametrize("user_id", ["7", 7])
def test_a_token_of_simplejwt_is_believed(user_id):
    """By the claim that it has for its user, a text or, in older versions, a number."""
    claims = of_simplejwt().verify(signed({**OF_SIMPLEJWT, "user_id": user_id}), now=NOW)
    assert (claims.subject, claims.issuer) == (imported_id("django", "7"), ISSUER)
    assert claims.token_id == "8f3c"


@pytest.mark.parametrize(
    ("make", "claims", "change"),
    [
        (of_fastapi_users, OF_FASTAPI_USERS, {"iss": ISSUER}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"iss": None}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"iat": NOW}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"aud": ["fastapi-users:reset"]}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"aud": None}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"exp": None}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"exp": NOW + 2 * HOUR}),
        (of_fastapi_users, OF_FASTAPI_USERS, {"sub": 7}),
        (of_simplejwt, OF_SIMPLEJWT, {"token_type": "refresh"}),
        (of_simplejwt, OF_SIMPLEJWT, {"aud": "access"}),
        (of_simplejwt, OF_SIMPLEJWT, {"user_id": True}),
        (of_simplejwt, OF_SIMPLEJWT, {"user_id": 1.5}),
        (of_simplejwt, OF_SIMPLEJWT, {"iat": NOW + HOUR}),
    ],
)
def test_nothing_else_is_loosened(make, claims, change):
    """Tokens of other uses, claims that such tokens never have, lives that are too long."""
    with pytest.raises(TokenInvalidError):
        make().verify(signed({**claims, **change}), now=NOW)


@pytest.mark.parametrize("name", ["iat", "jti", "user_id", "exp"])
def test_what_such_tokens_have_must_be_there(name):
    """As of any other."""
    claims = {key: value for key, value in OF_SIMPLEJWT.items() if key != name}
    with pytest.raises(TokenInvalidError):
        of_simplejwt().verify(signed(claims), now=NOW)


def test_signature_type_and_time_are_as_strict_as_ever():
    """Another secret, another type, and its end."""
    tokens = of_fastapi_users()
    for token in (
        signed(OF_FASTAPI_USERS, "another secret, which is as long as"),
        signed(OF_FASTAPI_USERS, typ="at"),
    ):
        with pytest.raises(TokenInvalidError):
            tokens.verify(token, now=NOW)
    with pytest.raises(TokenExpiredError):
        tokens.verify(signed(OF_FASTAPI_USERS), now=NOW + HOUR)


def test_beside_ours_each_is_asked_about_its_own():
    """Whoever names an issuer is never one of the old system, and theirs are never ours."""
    ours = AccessTokens(
        KeyRing.from_secret("x" * 8 + "our own secret, of thirty-two octets"), issuer="https://ours.example"
    )
    both = any_of(ours, of_fastapi_users())
    assert both.verify(signed(OF_FASTAPI_USERS), now=NOW).issuer == ISSUER
    assert both.verify(ours.issue(subject="1", now=NOW), now=NOW).issuer == "https://ours.example"
    for iss in ("https://ours.example", ISSUER, "https://nobody.example"):
        with pytest.raises(TokenInvalidError):
            both.verify(signed({**OF_FASTAPI_USERS, "iss": iss}), now=NOW)


def test_two_whose_tokens_name_nobody_are_not_told_apart():
    """Nor is one of them from an `Auth` without an issuer."""
    ours = AccessTokens(KeyRing.from_secret("x" * 8 + "our own secret, of thirty-two octets"))
    with pytest.raises(ValueError, match="at most one part"):
        any_of(ours, of_fastapi_users())
    with pytest.raises(ValueError, match="at most one part"):
        any_of(of_simplejwt(), of_fastapi_users(issuer="https://another.example"))


@pytest.mark.parametrize(
    ("change", "issuer", "message"),
    [
        ({"absent": frozenset({"aud"})}, ISSUER, "absent are iss and iat"),
        ({"absent": frozenset({"exp"})}, ISSUER, "absent are iss and iat"),
        ({}, {ISSUER, "https://b.example"}, "go by one issuer"),
        ({"issuers": ("https://b.example",)}, ISSUER, "go by one issuer"),
        ({}, None, "needs the issuer"),
    ],
)
def test_what_may_be_absent_is_little(change, issuer, message):
    """Neither the audience nor the end; and they go by one name."""
    with pytest.raises(ValueError, match=message):
        of_fastapi_users(profile=replace(FASTAPI_USERS, **change), issuer=issuer)
