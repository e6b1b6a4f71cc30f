"""The tokens of the providers: believed with their profile, and only so."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest

from jwt_auth_core import AccessTokens
from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens.profiles import PROFILES
from tests.providers.signed import ABSENT, NOW, VECTORS, named, ring

GUID = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
ENTRA = [vector for vector in VECTORS if vector.profile == "entra"]


def of(profile, place=0):
    """Return a vector of a profile."""
    return [vector for vector in VECTORS if vector.profile == profile][place]


def refused(vector, **changes):
    """Return why a changed token is refused."""
    with pytest.raises(TokenInvalidError) as caught:
        vector.tokens().verify(vector.token(**changes), now=NOW)
    return caught.value.reason


def test_every_profile_has_a_vector_and_a_source():
    """Each named profile says where it was read, and a token of its provider shows it."""
    assert {vector.profile for vector in VECTORS} == set(PROFILES)
    dated = re.compile(
        r"(?:https://\S+|\S+ of better-auth [\d.]+).*, read 20\d\d-\d\d-\d\d|RFC 9068, October 2021"
    )
    assert [name for name, profile in PROFILES.items() if not dated.fullmatch(profile.source)] == []


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_provider_s_token_is_believed_with_its_profile(vector):
    """Subject, scopes, roles and session are found where the provider writes them."""
    claims = vector.tokens().verify(vector.token(), now=NOW)
    found = {
        "subject": claims.subject,
        "scopes": sorted(claims.scopes),
        "roles": sorted(claims.roles),
        "session_id": claims.session_id,
    }
    assert found == vector.expect
    assert claims.issuer == vector.claims["iss"]


@pytest.mark.parametrize("vector", [v for v in VECTORS if v.profile != "rfc9068"], ids=named)
def test_without_its_profile_it_is_refused_as_ever(vector):
    """What is not of RFC 9068's form passes with a profile only."""
    with pytest.raises(TokenInvalidError):
        vector.tokens(profile=None).verify(vector.token(), now=NOW)


@pytest.mark.parametrize("vector", VECTORS, ids=named)
@pytest.mark.parametrize("without", ["issuer", "audience"])
def test_a_profile_needs_issuer_and_audience(vector, without):
    """Whoever names a profile says whose tokens are meant, and for whom."""
    with pytest.raises(ValueError, match=r"needs the issuer and the audience|tenants .* must be named"):
        vector.tokens(**{without: None})


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_each_claim_that_counts_is_minded(vector):
    """Wrong issuer, audience, subject, times: each alone is the end of it, with its reason."""
    profile = PROFILES[vector.profile]
    wrong = {
        "iss": ["https://evil.example", vector.issuer + "x", None, 1, [vector.issuer], ABSENT],
        profile.audience: [
            "other",
            vector.audience + "x",
            None,
            7,
            [],
            ["other"],
            [vector.audience, 1],
            ABSENT,
        ],
        profile.subject: ["", None, 42, ["u1"], ABSENT],
        "iat": ["1", None, True, NOW + 3600, ABSENT],
        "exp": ["9", None, NOW + profile.lifetime_seconds + 1, ABSENT],
        "nbf": ["1", None, NOW + 3600],
    }
    for name, values in wrong.items():
        for value in values:
            assert refused(vector, **{name: value}), (name, value)


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_marks_and_required_claims_are_minded(vector):
    """What tells an access token of this issuer from its other tokens is looked at."""
    profile = PROFILES[vector.profile]
    for names in profile.required:
        gone = dict.fromkeys(names.split("|"), ABSENT)
        said = "its tid is not the tenant" if names == profile.tenant else "it has no"
        assert said in refused(vector, **gone)
    for name in profile.marks:
        for value in ("ID", "id", "Refresh", "pending", None, 1, [*profile.marks[name]]):
            assert refused(vector, **{name: value}).startswith(f"its claim {name} is not that of")
        if None not in profile.marks[name]:
            assert refused(vector, **{name: ABSENT}).startswith(f"its claim {name} is not that of")
    for name in profile.refused:
        assert "another kind of token" in refused(vector, **{name: "x"})


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_the_header_is_minded(vector):
    """Type, algorithm and critical extensions are the profile's, not the token's, to choose."""
    others = [{"typ": "dpop+jwt"}, {"typ": 1}, {"typ": "logout+jwt"}, {"alg": "none"}, {"alg": "HS384"}]
    for change in [*others, {"crit": []}, {"b64": False}, {"zip": "DEF"}, {"enc": "A128GCM"}, {"kid": ""}]:
        assert refused(vector, header={**vector.header, **change}), change
    absent = {name: value for name, value in vector.header.items() if name != "typ"}
    if None not in PROFILES[vector.profile].types:
        assert "typ is not" in refused(vector, header=absent)


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_an_expired_token_is_an_expired_token(vector):
    """The time is the last thing that is said of it."""
    with pytest.raises(TokenExpiredError):
        vector.tokens().verify(vector.token(), now=vector.at(NOW)["exp"])


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_profile_believes_nobody_else_s_tokens(vector):
    """A token of one provider is none of another's, even with its issuer, audience and key."""
    for profile in PROFILES.values():
        if profile.name == vector.profile or profile.tenant is not None:
            continue
        try:
            claims = vector.tokens(profile=profile).verify(vector.token(), now=NOW)
        except TokenError:
            continue
        assert claims.issuer == vector.claims["iss"]
        assert all(set(either.split("|")) & set(vector.claims) for either in profile.required), profile.name
        assert not profile.refused & set(vector.claims)


@pytest.mark.parametrize("vector", ENTRA, ids=named)
def test_a_tenant_is_that_of_issuer_and_claim(vector):
    """A tenant that nobody named, or another one in tid than in iss, is refused."""
    iss = vector.claims["iss"].replace(GUID, OTHER)
    assert "issuer" in refused(vector, iss=iss)
    assert "issuer" in refused(vector, iss=iss, tid=OTHER)
    assert refused(vector, tid=OTHER) == "its tid is not the tenant of its issuer"
    assert refused(vector, tid=ABSENT)


@pytest.mark.parametrize("vector", ENTRA, ids=named)
def test_any_tenant_is_still_one_tenant(vector):
    """With ``tenants="any"`` each tenant's tokens are believed, as its own."""
    url = "https://login.microsoftonline.com/common/v2.0"
    tokens = vector.tokens(issuer=url, tenants="any")
    iss = vector.claims["iss"].replace(GUID, OTHER)
    assert tokens.verify(vector.token(), now=NOW).issuer == vector.claims["iss"]
    assert tokens.verify(vector.token(iss=iss, tid=OTHER), now=NOW).issuer == iss
    for changes in ({"iss": iss}, {"tid": OTHER}, {"iss": iss.replace(OTHER, "x"), "tid": "x"}, {"iss": url}):
        with pytest.raises(TokenInvalidError):
            tokens.verify(vector.token(**changes), now=NOW)


@pytest.mark.parametrize("vector", ENTRA, ids=named)
def test_a_key_is_for_the_issuer_that_it_names(vector):
    """Microsoft's key sets have keys of several issuers; each verifies its own tokens alone."""
    v2 = "https://login.microsoftonline.com/{tenantid}/v2.0"
    config = {"issuer": vector.issuer, "audience": vector.audience, "profile": "entra"}
    for owner in (v2, v2.replace("{tenantid}", GUID)):
        tokens = AccessTokens(ring("RS256", owner), **config)
        assert tokens.verify(vector.token(), now=NOW).subject == vector.expect["subject"]
    for owner in (v2.replace("{tenantid}", OTHER), "https://login.microsoftonline.com/x/v2.0", ""):
        with pytest.raises(TokenInvalidError, match="its key is not for the tenant"):
            AccessTokens(ring("RS256", owner), **config).verify(vector.token(), now=NOW)


def test_tenants_are_named():
    """The common endpoint is everybody's: who is meant must be said."""
    common = {"issuer": "https://login.microsoftonline.com/common/v2.0", "audience": "a", "profile": "entra"}
    for tenants in (None, (), {"contoso.com"}):
        with pytest.raises(ValueError, match="tenants"):
            AccessTokens(ring("RS256"), **common, tenants=tenants)
    with pytest.raises(TypeError):
        AccessTokens(ring("RS256"), **common, tenants=GUID)
    with pytest.raises(ValueError, match="has no tenants"):
        AccessTokens(ring("RS256"), issuer="i", audience="a", profile="okta", tenants={GUID})


@pytest.mark.parametrize("tenant", ["contoso.onmicrosoft.com", GUID.replace("1", "A"), "", 7])
def test_a_tenant_is_named_by_its_id(tenant):
    """Domains and capitals are in no tid: the error says what is."""
    common = {"issuer": "https://login.microsoftonline.com/common/v2.0", "audience": "a", "profile": "entra"}
    with pytest.raises((ValueError, TypeError), match="tenants are GUIDs in lower case"):
        AccessTokens(ring("RS256"), **common, tenants={GUID, tenant})


def test_a_tenant_may_stand_in_the_name_of_the_host_too():
    """As External ID has it; both places are the same tenant's."""
    profile = replace(PROFILES["entra"], issuers=("https://{tenantid}.ciamlogin.com/{tenantid}/v2.0",))
    mine, mixed = (f"https://{host}.ciamlogin.com/{GUID}/v2.0" for host in (GUID, OTHER))
    vector = of("entra")
    for config in ({"issuer": mine}, {"issuer": "https://common.example", "tenants": "any"}):
        tokens = vector.tokens(profile=profile, **config)
        assert tokens.verify(vector.token(iss=mine), now=NOW).issuer == mine
        with pytest.raises(TokenInvalidError, match="issuer"):
            tokens.verify(vector.token(iss=mixed), now=NOW)


def test_named_tenants_are_believed_at_the_common_endpoint():
    """Both versions of the issuer's name stand for each tenant."""
    for vector in ENTRA:
        config = {"issuer": "https://login.microsoftonline.com/common/v2.0", "tenants": {GUID}}
        assert vector.tokens(**config).verify(vector.token(), now=NOW).issuer == vector.claims["iss"]


def test_several_issuers_and_audiences():
    """Issuer and audience take one text or several."""
    vector = of("keycloak")
    tokens = vector.tokens(issuer={vector.issuer, "https://kc.x.io/realms/b"}, audience={"api", "api2"})
    assert tokens.verify(vector.token(), now=NOW).issuer == vector.issuer
    second = tokens.verify(vector.token(iss="https://kc.x.io/realms/b", aud="api2"), now=NOW)
    assert second.issuer == "https://kc.x.io/realms/b"
    with pytest.raises(ValueError, match="verified and not issued"):
        tokens.issue(subject="1")


def test_scopes_are_lists_or_texts_of_words():
    """An empty text is no scope; a list has one scope an item."""
    vector = of("okta")
    tokens = vector.tokens()
    assert tokens.verify(vector.token(scp=[]), now=NOW).scopes == frozenset()
    assert tokens.verify(vector.token(scp=""), now=NOW).scopes == frozenset()
    assert tokens.verify(vector.token(scp="a b"), now=NOW).scopes == {"a", "b"}
    for wrong in (["a b"], ["a", 1], [""], 7, True, [["a"]], 'a"b', "a  b"):
        with pytest.raises(TokenInvalidError):
            tokens.verify(vector.token(scp=wrong), now=NOW)


def test_roles_are_where_the_profile_says():
    """A path of names, a claim with a dot in its own name, and the keys of an object."""
    base = PROFILES["keycloak"]
    vector = of("keycloak")
    profile = replace(base, roles=("resource_access.account.roles", "https://x.io/roles", "a.b"))
    token = vector.token(**{"https://x.io/roles": ["editor"], "a.b": "one role", "a": {"b": ["no"]}})
    claims = vector.tokens(profile=profile).verify(token, now=NOW)
    assert claims.roles == {"manage-account", "editor", "one role"}
    for wrong in (7, [1], [""], True):
        with pytest.raises(TokenInvalidError, match="is neither a text"):
            vector.tokens(profile=profile).verify(vector.token(**{"a.b": wrong}), now=NOW)


def test_the_legacy_secret_of_supabase_has_any_name():
    """A foreign kid means the one secret that is shared, and no other algorithm gets at it."""
    vector = of("supabase", 1)
    assert vector.tokens().verify(vector.token(header={**vector.header, "kid": "another"}), now=NOW)
    assert refused(vector, header={**vector.header, "alg": "HS512"})
    assert refused(vector, header={**vector.header, "alg": "ES256"})


def test_a_foreign_subject_becomes_a_local_one():
    """``subject=`` maps it; None, or a table without it, is a refusal."""
    vector = of("auth0")
    tokens = vector.tokens(subject=lambda claims: {"auth0|1": "7b1e"}.get(claims.subject))
    assert tokens.verify(vector.token(), now=NOW).subject == "7b1e"
    with pytest.raises(TokenInvalidError, match="no user here"):
        tokens.verify(vector.token(sub="auth0|2"), now=NOW)
    ids = vector.tokens(subject=lambda claims: str(UUID(claims.subject)))  # raises ValueError
    with pytest.raises(TokenInvalidError, match="its subject is no user here"):
        ids.verify(vector.token(), now=NOW)
    table = vector.tokens(subject=lambda claims: {"auth0|1": "7b1e"}[claims.subject])
    assert table.verify(vector.token(), now=NOW).subject == "7b1e"
    with pytest.raises(TokenInvalidError, match="no user here"):
        table.verify(vector.token(sub="auth0|2"), now=NOW)
