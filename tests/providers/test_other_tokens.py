"""What an issuer writes beside access tokens for an API: ID, refresh and session tokens are none.

Each is as its provider documents it, signed by the right key, and made out to the API: the audience alone
is not what tells it.
"""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import TokenInvalidError
from tests.providers.signed import ABSENT, NOW, VECTORS

PERSON = {"name": "Ada", "email": "a@x.io", "email_verified": True}
WITHOUT = dict.fromkeys(("scope", "scp", "permissions", "roles"), ABSENT)
NO_CLIENT = dict.fromkeys(("azp", "azpacr", "appid", "appidacr", "cid", "uid", "client_id"), ABSENT)
ID_TOKEN = {**PERSON, **WITHOUT, **NO_CLIENT}
OTHERS = [
    (
        "keycloak",
        0,
        "ID token",
        {**PERSON, "typ": "ID", "at_hash": "x", "scope": ABSENT},
        "its claim typ is not",
    ),
    ("keycloak", 0, "refresh token", {"typ": "Refresh"}, "its claim typ is not"),
    ("keycloak", 0, "offline token", {"typ": "Offline", "exp": ABSENT}, "its claim typ is not"),
    (
        "keycloak",
        0,
        "access token bound to a key",
        {"typ": "DPoP", "cnf": {"jkt": "x"}},
        "its claim typ is not",
    ),
    ("auth0", 0, "ID token", {**ID_TOKEN, "sid": "s"}, "it has no azp or client_id"),
    ("auth0", 0, "ID token with a nonce", {**PERSON, "nonce": "n"}, "its nonce is that of another kind"),
    ("okta", 0, "ID token", {**ID_TOKEN, "jti": "ID.x", "amr": ["pwd"], "idp": "00o"}, "it has no cid"),
    ("okta", 0, "ID token beside a token", {**PERSON, "at_hash": "x"}, "its at_hash is that of another kind"),
    ("entra", 0, "ID token, v2.0", {**ID_TOKEN, "nonce": ABSENT}, "it has no azp or appid"),
    ("entra", 1, "ID token, v1.0", {**ID_TOKEN, "nonce": ABSENT}, "it has no azp or appid"),
    ("cognito", 0, "ID token", {**PERSON, "token_use": "id", "aud": "c1"}, "its claim token_use is not"),
    ("clerk", 0, "session with tasks to do", {"sts": "pending"}, "its claim sts is not"),
    ("clerk", 0, "OAuth ID token", {**PERSON, "aud": "c", "sid": ABSENT, "fva": ABSENT}, "it has no sid"),
    ("supabase", 0, "the project's anon key", {"session_id": ABSENT, "aal": ABSENT}, "it has no"),
    ("supabase", 0, "ID token", {**PERSON, "role": ABSENT, "auth_time": NOW}, "it has no role"),
    ("better-auth", 0, "ID token", {"nonce": "n", "auth_time": NOW}, "its nonce is that of another kind"),
    ("zitadel", 0, "ID token", {**PERSON, "jti": ABSENT, "auth_time": NOW}, "it has no jti"),
]
VECTOR = {
    (name, place): [vector for vector in VECTORS if vector.profile == name][place]
    for name, place, *_ in OTHERS
}


@pytest.mark.parametrize(
    ("name", "place", "changes", "reason"),
    [(name, place, changes, reason) for name, place, _, changes, reason in OTHERS],
    ids=[f"{name}: {what}" for name, _, what, *_ in OTHERS],
)
def test_another_kind_of_token_is_refused(name, place, changes, reason):
    """By the provider's own mark, although issuer, audience and key are right."""
    vector = VECTOR[name, place]
    with pytest.raises(TokenInvalidError) as caught:
        vector.tokens().verify(vector.token(**changes), now=NOW)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("audience", [["c1"], ["c1", "c2"], {"c1": 1}])
@pytest.mark.parametrize("name", ["cognito", "clerk"])
def test_a_client_is_one_text(name, audience):
    """What stands for the audience is a client's id or origin, and never a list of them."""
    vector = VECTOR[name, 0]
    claim = {"cognito": "client_id", "clerk": "azp"}[name]
    values = [vector.audience if one == "c1" else one for one in audience]
    with pytest.raises(TokenInvalidError, match=f"not for this audience \\({claim}\\)"):
        vector.tokens().verify(vector.token(**{claim: values}), now=NOW)


def test_a_session_of_the_first_version_has_no_state():
    """Clerk's version 1 does not say whether a session is active."""
    vector = [vector for vector in VECTORS if vector.profile == "clerk"][1]
    assert "sts" not in vector.claims
    assert vector.tokens().verify(vector.token(), now=NOW)
    assert vector.tokens().verify(vector.token(sts="active"), now=NOW)
