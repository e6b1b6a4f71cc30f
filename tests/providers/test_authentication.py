"""How another issuer's user was authenticated: by the names of the standards, whatever the profile."""

import pytest

from tests.providers.signed import NOW, VECTORS


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("keycloak", (NOW, set(), "1")),
        ("entra", (None, {"pwd"}, "1")),
        ("firebase", (NOW - 60, set(), None)),
        ("supabase", (None, set(), None)),
    ],
)
def test_it_is_read_where_the_standards_have_it(profile, said):
    """When, how and how sure; a list of objects, as Supabase has it, stays among the extra claims."""
    members = {"auth_time", "amr", "acr"}
    vector = next(one for one in VECTORS if one.profile == profile and members & one.claims.keys())
    claims = vector.tokens().verify(vector.token(), now=NOW)
    assert (claims.auth_time, claims.amr, claims.acr) == said
    assert members & claims.extra.keys() == ({"amr"} if profile == "supabase" else set())
