"""Claims that a store kept come back as they were."""

from __future__ import annotations

import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens import claims_text
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims

TOKENS = AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
PROOF = {"auth_time": 4, "amr": frozenset(["pwd", "otp"]), "acr": "aal2"}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS.filter(bool), st.dictionaries(TEXTS.map("x_".__add__), VALUES, max_size=3))
def test_they_are_the_same(subject, extra):
    """Every field, and the extra claims with their types, read-only as before."""
    session = {"session_id": "5e55", "session_version": 3}
    token = TOKENS.issue(subject=subject, scopes={"a", "b"}, **session, extra=extra)
    claims = TOKENS.verify(token)
    text = claims_text.dump(claims)
    assert claims_text.load(text) == claims
    assert type(claims_text.load(text).extra) is type(claims.extra)
    assert "\x00" not in text
    assert token not in text


ACT = {"act": {"sub": "agent", "sid": "a7"}}


def test_every_field_is_kept():
    """No claim is lost on the way, whichever are added."""
    one = {"subject": "42", "session_id": "5e55", "token_id": "1", "issuer": "https://id", "client_id": "web"}
    two = {"scopes": frozenset(["a"]), "roles": frozenset(["b"]), "extra": {"x": 1, **ACT}, "acting": ("a7",)}
    claims = Claims(**one, **two, issued_at=1, expires_at=2, session_version=3, token_version=4, **PROOF)
    assert not [field.name for field in fields(Claims) if getattr(claims, field.name) == field.default]
    assert claims_text.load(claims_text.dump(claims)) == claims


def test_the_deepest_extra_claims_are_kept():
    """What a token can hold, a ticket can."""
    value: object = 1
    for _ in range(30):
        value = [value]
    claims = TOKENS.verify(TOKENS.issue(subject="42", extra={"deep": value}))
    assert claims_text.load(claims_text.dump(claims)) == claims


def test_a_worker_of_before_can_read_it():
    """How the subject was authenticated stands where older code has its extra claims; theirs has none."""
    claims = TOKENS.verify(TOKENS.issue(subject="42", **PROOF))
    own, extra = map(json.loads, claims_text.dump(claims).split("\n"))
    assert own.keys().isdisjoint(PROOF)
    assert extra == {"auth_time": 4, "amr": ["otp", "pwd"], "acr": "aal2"}
    before = claims_text.load(json.dumps(own) + "\n{}")
    assert (before.auth_time, before.amr, before.acr) == (None, frozenset(), None)


def test_a_claim_in_a_form_of_its_own_is_kept():
    """What another issuer writes in its own way says nothing, here as in the token."""
    odd = {"amr": ({"method": "password"},), "auth_time": "yesterday"}
    claims = Claims("42", frozenset(), None, "1", 1, 2, extra=odd)
    kept = claims_text.load(claims_text.dump(claims))
    assert dict(kept.extra) == odd
    assert (kept.auth_time, kept.amr) == (None, frozenset())
