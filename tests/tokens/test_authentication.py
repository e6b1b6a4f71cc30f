"""How a subject was authenticated: what a token says of it, and what it says in no form of the standards."""

from __future__ import annotations

import pytest

from jwt_auth_core.tokens import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from tests.tokens.forge import CLAIMS, NOW, RING, forged

TOKENS = AccessTokens(RING)
PROOF = {"auth_time": NOW - 9, "amr": frozenset({"pwd", "otp"}), "acr": "aal2"}
UNSAID = (None, frozenset(), None)


def told(claims: Claims) -> tuple[object, ...]:
    """Return what claims say of it."""
    return claims.auth_time, claims.amr, claims.acr


def test_what_is_issued_is_verified(verify):
    """When, how, and how sure: fields of their own, and no extra claims."""
    claims = verify(TOKENS.issue(subject="42", **PROOF, now=NOW))
    assert told(claims) == tuple(PROOF.values())
    assert dict(claims.extra) == {}


def test_a_token_of_before_says_nothing(verify):
    """It is as good as it was; only nobody knows when its user logged in."""
    assert told(verify(forged())) == UNSAID


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("auth_time", "2026-11-28", "2026-11-28"),
        ("auth_time", True, True),
        ("auth_time", -1, -1),
        ("amr", "pwd", "pwd"),
        ("amr", ["pwd", ""], ("pwd", "")),
        ("amr", [7], (7,)),
        ("acr", 1, 1),
        ("acr", "", ""),
    ],
)
def test_another_form_says_nothing(verify, name, value, kept):
    """A token is good all the same; what was not understood is among the extra claims, as it came."""
    claims = verify(forged(CLAIMS | {name: value}))
    assert told(claims) == UNSAID
    assert dict(claims.extra) == {name: kept}


@pytest.mark.parametrize("value", [7.0, 7.9])
def test_a_fraction_is_rounded_into_the_past(verify, value):
    """On doubt a login is longer ago."""
    assert verify(forged(CLAIMS | {"auth_time": value})).auth_time == 7


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"auth_time": 1.5}, TypeError),
        ({"auth_time": True}, TypeError),
        ({"auth_time": -1}, ValueError),
        ({"auth_time": 10**20}, ValueError),
        ({"amr": "pwd"}, TypeError),
        ({"amr": {7}}, TypeError),
        ({"amr": {""}}, ValueError),
        ({"acr": 1}, TypeError),
        ({"acr": ""}, ValueError),
        ({"amr": {"\ud800"}}, ValueError),
        ({"extra": {"amr": ["pwd"]}}, ValueError),
    ],
)
def test_what_cannot_be_said_is_not_issued(wrong, error):
    """Times are whole seconds, methods several texts; none of them is an extra claim."""
    with pytest.raises(error):
        TOKENS.issue(subject="42", **wrong)
