"""Whatever is believed under a profile, its table allows: judged by a second reading of the table."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenError
from jwt_auth_core.tokens.profiles import PROFILES
from tests.providers.signed import NOW, VECTORS, named, signed

GUID = "11111111-2222-3333-4444-555555555555"
NAMES = sorted({name for vector in VECTORS for name in vector.claims} | {"nonce", "at_hash", "c_hash", "typ"})
VALUES = [value for vector in VECTORS for value in vector.at(NOW).values()]
ODD = [
    None,
    True,
    False,
    "",
    "ID",
    "Refresh",
    "Bearer",
    0,
    -1,
    NOW,
    NOW + 1,
    NOW - 1,
    1.5,
    [],
    {},
    [None],
    ["x"],
]
TYPES = ["JWT", "jwt", "at+jwt", "application/at+jwt", "AT+JWT", "dpop+jwt", "", None, 1, ["JWT"]]
CHANGES = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from([*VALUES, *ODD, "absent"]) | st.integers() | st.text(), max_size=4
)
HEADERS = st.sampled_from([{}, *({"typ": kind} for kind in TYPES), {"typ": "absent"}])


def says(value):
    """Tell whether a claim says anything."""
    return value not in (None, "", [], {})


def allowed(vector, header, claims, now):
    """Tell what the profile's table says of a token; written without a look at the verifier."""
    profile = PROFILES[vector.profile]
    kind = header.get("typ", ...)
    if kind is ...:
        fits = None in profile.types
    else:
        fits = isinstance(kind, str) and kind.lower().removeprefix("application/") in profile.types
    names = claims.get(profile.audience)
    names = names if isinstance(names, list) else [names]
    issuers = {vector.issuer}
    if vector.issuer in profile.issuers:
        issuers = set(profile.issuers)
    if profile.tenant:
        issuers = {issuer.replace("{tenantid}", str(claims.get("tid"))) for issuer in profile.issuers}
        fits = fits and claims.get("tid") == GUID
    times = [claims.get("iat"), claims.get("exp"), claims.get("nbf", now)]
    times += [claims[name] for name in profile.past if name in claims]
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in times):
        return False
    return (
        fits
        and isinstance(claims.get("iss"), str)
        and claims["iss"] in issuers
        and vector.audience in names
        and all(isinstance(name, str) for name in names)
        and isinstance(claims.get(profile.subject), str)
        and claims[profile.subject] != ""
        and all(
            any(claims.get(name) not in (None, "", [], {}) for name in either.split("|"))
            for either in profile.required
        )
        and all(
            claims[name] in {*values} - {None} if name in claims else None in values
            for name, values in profile.marks.items()
        )
        and not any(name in claims for name in profile.refused)
        and times[0] <= now + 60
        and now < times[1] <= times[0] + profile.lifetime_seconds + 1
        and all(time <= now + 60 for time in times[2:])
    )


def changed(members, changes):
    """Return members with some of them changed, or taken away."""
    return {name: value for name, value in {**members, **changes}.items() if value != "absent"}


@pytest.mark.untraced
@pytest.mark.slow
@pytest.mark.parametrize("vector", VECTORS, ids=named)
@settings(max_examples=60)
@given(data=st.data())
def test_nothing_is_believed_that_the_table_does_not_allow(vector, data):
    """Claims of all providers are mixed into each other's tokens, and odd values into all of them."""
    header = changed(vector.header, data.draw(HEADERS))
    claims = changed(vector.at(NOW), data.draw(CHANGES))
    try:
        token = signed(header, json.loads(json.dumps(claims)), vector.algorithm)
        found = vector.tokens().verify(token, now=NOW)
    except TokenError:
        return
    assert allowed(vector, header, claims, NOW), (header, claims)
    assert found.issuer == claims["iss"]
    assert found.subject == claims[PROFILES[vector.profile].subject]


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_the_table_allows_the_vectors(vector):
    """The second reading says yes where it should, so that its no means something."""
    assert allowed(vector, vector.header, vector.at(NOW), NOW)


def test_a_profile_of_one_s_own_is_made_of_a_named_one():
    """``dataclasses.replace`` changes what is different at home."""
    vector = next(vector for vector in VECTORS if vector.profile == "entra")
    tokens = vector.tokens(profile=replace(PROFILES["entra"], subject="oid"))
    assert tokens.verify(vector.token(), now=NOW).subject == "o"
