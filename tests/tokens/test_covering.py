"""The covering rule: the same word, or a trailing wildcard that stands for whole segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.tokens.covering import covering, covers

SCOPES = st.lists(st.sampled_from(["", "a", "b", "ab", "*", "a*"]), min_size=1, max_size=4).map(":".join)


def by_segments(granted, wanted):
    """Say what the rule says, the long way: segment by segment."""
    given_, asked = granted.split(":"), wanted.split(":")
    if given_ == asked:
        return True
    fixed = given_[:-1]
    is_wild = given_[-1] == "*" and len(asked) > len(fixed) and asked[: len(fixed)] == fixed
    return is_wild and asked[len(fixed)] != ""


@given(SCOPES, SCOPES)
def test_a_scope_covers_what_its_segments_say(granted, wanted):
    """One grant covers a scope exactly where a reading by segments says so."""
    assert covers(granted, wanted) == by_segments(granted, wanted)


@given(st.sets(SCOPES, max_size=6), SCOPES)
def test_several_grants_cover_what_one_of_them_does(granted, wanted):
    """A set of grants covers a scope where one of them does, and names one that does."""
    found = covering(granted, wanted)
    assert (found is not None) == any(by_segments(one, wanted) for one in granted)
    assert found is None or (found in granted and by_segments(found, wanted))


@pytest.mark.parametrize(
    ("granted", "wanted", "is_covered"),
    [
        ("reports:*", "reports:read", True),
        ("reports:*", "reports:read:own", True),
        ("reports:*", "reports", False),
        ("reports:*", "reports:", False),
        ("reports:*", "reports::read", False),
        ("reports:*", "reportsread", False),
        ("reports:r*", "reports:read", False),
        ("*:read", "reports:read", False),
        ("reports:read", "reports:*", False),
        ("*", "reports:read", True),
        ("*", "", False),
        ("reports", "reports:read", False),
    ],
)
def test_wildcards_stand_at_the_end_for_whole_segments(granted, wanted, is_covered):
    """Only a star that is the last segment is a wildcard, and it covers at least one segment."""
    assert covers(granted, wanted) is is_covered


@pytest.fixture(scope="module")
def claims():
    """Return the claims of a token with a wildcard."""
    tokens = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))
    return tokens.verify(tokens.issue(subject="42", scopes={"reports:*", "topics:read"}))


@pytest.mark.parametrize(("scope", "is_allowed"), [("reports:write", True), ("topics:write", False)])
def test_claims_allow_what_their_scopes_cover(claims, scope, is_allowed):
    """The question is asked of the claims, whoever shows them."""
    assert claims.allows(scope) is is_allowed


def test_claims_explain_what_they_allow(claims):
    """The answer names the grant, or what was granted instead."""
    assert claims.explain("reports:write") == "'reports:write' is granted by 'reports:*'"
    assert claims.explain("topics:read") == "'topics:read' is granted by its own name"
    assert claims.explain("admin") == "'admin' is not granted: the token has 'reports:*', 'topics:read'"


def test_claims_without_scopes_explain_that():
    """A token without scopes grants nothing."""
    tokens = AccessTokens(KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"))
    claims = tokens.verify(tokens.issue(subject="42"))
    assert claims.explain("admin") == "'admin' is not granted: the token has no scopes"
