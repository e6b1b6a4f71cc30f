"""Extra claims: which can be said, and that they are read as they were said."""

from __future__ import annotations

import pytest

from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import REGISTERED, RING

TOKENS = AccessTokens(RING)


def test_verified_extra_claims_can_be_issued_again():
    """What a verification gave as extra can be given to the next token."""
    token = TOKENS.issue(subject="42", extra={"roles": ["a", {"b": (1, 2)}]})
    extra = TOKENS.verify(token).extra
    assert TOKENS.verify(TOKENS.issue(subject="42", extra=extra)).extra == extra


@pytest.mark.parametrize("name", sorted(REGISTERED))
def test_registered_names_are_no_extra_claims(name):
    """Extra claims cannot override or counterfeit a claim with a meaning."""
    with pytest.raises(ValueError, match=f"extra claims must not contain {name}"):
        TOKENS.issue(subject="42", extra={name: "x"})


@pytest.mark.parametrize(
    "extra",
    [{1: "a"}, {None: 1}, {"x": {2: 3}}, {"x": {1, 2}}, {"x": b"octets"}, {"x": ...}, {"x": [print]}],
    ids=repr,
)
def test_extra_claims_are_json(extra):
    """Names are texts and values are what JSON has; nothing is converted silently."""
    with pytest.raises(TypeError, match="extra claims"):
        TOKENS.issue(subject="42", extra=extra)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**20, -(10**20)], ids=repr)
def test_extra_numbers_are_finite(value):
    """NaN, infinities and integers over 20 digits are refused, as verification would."""  # JWT-10
    for extra in ({"x": value}, {"x": [{"y": value}]}):
        with pytest.raises(ValueError, match="finite numbers, integers of at most 20 digits"):
            TOKENS.issue(subject="42", extra=extra)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: (inner,)])
def test_extra_claims_are_as_deep_as_verification_allows(wrap):
    """31 levels under the payload's own object can be issued and verified, 32 cannot."""  # JWT-10
    value = 1
    for _ in range(31):
        value = wrap(value)
    assert TOKENS.verify(TOKENS.issue(subject="42", extra={"x": value})).extra
    with pytest.raises(ValueError, match="nest at most 32 deep"):
        TOKENS.issue(subject="42", extra={"x": wrap(value)})


def test_extra_claims_that_contain_themselves():
    """A list that contains itself is refused, not followed."""
    endless = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nest at most 32 deep"):
        TOKENS.issue(subject="42", extra={"x": endless})
