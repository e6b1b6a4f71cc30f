"""A profile of one's own: what is wrong in it is said where it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core import AccessTokens
from jwt_auth_core.tokens.profile import TokenProfile
from jwt_auth_core.tokens.profiles import PROFILES
from tests.providers.signed import ring


@pytest.mark.parametrize(
    "name", ["types", "algorithms", "scopes", "roles", "required", "refused", "absent", "past", "issuers"]
)
def test_one_text_is_not_several(name):
    """Its letters would be the names, or a part of it would do: TypeError, where it is written."""
    with pytest.raises(TypeError, match=f'{name} is a collection of texts, such as {{"jwt"}}, not one text'):
        TokenProfile(name="own", **{name: "jwt"})


def test_the_values_of_a_mark_are_several():
    """``access`` has ``acc`` in it, and an empty text."""
    with pytest.raises(TypeError, match="token_use is a collection of texts"):
        replace(PROFILES["cognito"], marks={"token_use": "access"})


def test_profiles_are_checked_when_they_are_made():
    """An unknown algorithm, a type in capitals, half of a tenant: ValueError at once."""
    for wrong in (
        {"algorithms": {"none"}},
        {"algorithms": frozenset()},
        {"rsa_algorithm": "ES256"},
        {"lifetime_seconds": 0},
        {"types": frozenset({"JWT"})},
        {"subject": ""},
        {"tenant": "tid"},
        {"issuers": ("https://x/{tenantid}",)},
    ):
        with pytest.raises(ValueError, match=r"."):
            TokenProfile(name="x", **wrong)
    with pytest.raises(ValueError, match="profile is one of rfc9068, keycloak"):
        AccessTokens(ring("RS256"), issuer="i", audience="a", profile="keycloack")
