"""The named profiles: one table of the issuers whose access tokens are believed as they write them.

Each names where the provider documents it and when that was read. A vector file a provider stands in
``tests/vectors/providers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwt_auth_core.tokens.profile import ACCESS_TOKEN_TYPES, JWT_TYPES, TokenProfile

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_ID_TOKEN_CLAIMS: Final = frozenset({"nonce", "at_hash", "c_hash"})
_RS256: Final = frozenset({"RS256"})
_RS_AND_ES: Final = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})

RFC9068: Final = TokenProfile(
    name="rfc9068",
    required=frozenset({"jti"}),
    source="RFC 9068, October 2021",
)

_ALL: Final = (
    RFC9068,
    TokenProfile(
        name="keycloak",
        types=JWT_TYPES | ACCESS_TOKEN_TYPES,
        roles=("realm_access.roles",),
        required=frozenset({"jti"}),
        # An ID token says "ID", a refresh token "Refresh". A nonce stands in access tokens, too.
        marks={"typ": frozenset({"Bearer"})},
        source="https://github.com/keycloak/keycloak core/src/main/java/org/keycloak/util/TokenUtil.java "
        "(04a1d81b), read 2026-11-28",
    ),
    TokenProfile(
        name="auth0",
        types=JWT_TYPES | ACCESS_TOKEN_TYPES,
        algorithms=frozenset({"RS256", "RS512", "PS256"}),
        scopes=("scope", "permissions"),
        required=frozenset({"azp|client_id"}),  # an ID token has neither, and a nonce only where asked for
        refused=_ID_TOKEN_CLAIMS,
        lifetime_seconds=30 * _DAY,
        source="https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, read 2026-11-30",
    ),
    TokenProfile(
        name="okta",
        types=frozenset({None}),  # one with a typ is the org server's, and for Okta alone
        algorithms=_RS256,
        session_id=None,
        scopes=("scp",),
        roles=("groups",),
        required=frozenset({"jti", "cid"}),  # an ID token has no cid
        refused=_ID_TOKEN_CLAIMS,
        source="https://github.com/okta/okta-developer-docs "
        "packages/@okta/vuepress-site/docs/reference/api/oidc/index.md (02169835) and "
        "https://support.okta.com/help/s/article/the-typ-field-is-missing-from-the-access-token-header, "
        "read 2026-11-30",
    ),
    TokenProfile(
        name="entra",
        types=JWT_TYPES,
        algorithms=_RS256,
        token_id="uti",  # noqa: S106 - the name of a claim
        scopes=("scp",),
        roles=("roles",),
        required=frozenset({"tid", "azp|appid"}),  # an ID token has neither azp nor appid
        marks={"ver": frozenset({"1.0", "2.0"})},
        refused=_ID_TOKEN_CLAIMS,
        lifetime_seconds=28 * _HOUR,  # with continuous access evaluation
        issuers=("https://login.microsoftonline.com/{tenantid}/v2.0", "https://sts.windows.net/{tenantid}/"),
        tenant="tid",
        source="https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference, "
        "read 2026-11-28",
    ),
    TokenProfile(
        name="cognito",
        types=frozenset({None}),
        algorithms=_RS256,
        session_id="origin_jti",
        roles=("cognito:groups",),
        audience="client_id",  # jti and origin_jti are there where token revocation is on
        marks={"token_use": frozenset({"access"})},
        source="https://docs.aws.amazon.com/cognito/latest/developerguide/"
        "amazon-cognito-user-pools-using-the-access-token.html, read 2026-11-28",
    ),
    TokenProfile(
        name="clerk",
        types=JWT_TYPES,
        algorithms=_RS256,
        scopes=(),
        roles=("org_role", "o.rol"),
        audience="azp",  # the origin that the token was made for
        required=frozenset({"sid", "nbf"}),
        # A pending session has tasks to do first, such as a new password; version 1 does not say.
        marks={"sts": frozenset({"active", None})},
        refused=_ID_TOKEN_CLAIMS,
        lifetime_seconds=_HOUR,
        source="https://clerk.com/docs/guides/sessions/session-tokens, read 2026-11-28",
    ),
    TokenProfile(
        name="supabase",
        types=JWT_TYPES,
        algorithms=frozenset({"ES256", "RS256", "EdDSA", "Ed25519", "HS256"}),
        session_id="session_id",
        scopes=(),
        roles=("role",),
        required=frozenset({"role", "session_id", "aal"}),  # the project's anon and service keys have none
        lifetime_seconds=7 * _DAY,
        source="https://supabase.com/docs/guides/auth/jwt-fields, read 2026-11-28",
    ),
    TokenProfile(
        name="better-auth",
        types=frozenset({None}),
        algorithms=frozenset({"EdDSA", "Ed25519", "ES256", "ES512", "RS256", "PS256"}),
        scopes=(),
        roles=("role",),
        refused=_ID_TOKEN_CLAIMS,
        source="dist/plugins/jwt/sign.mjs of better-auth 1.7.25, read 2026-11-28",
    ),
    TokenProfile(
        name="zitadel",
        types=JWT_TYPES | ACCESS_TOKEN_TYPES,
        algorithms=frozenset({*_RS_AND_ES, "EdDSA", "Ed25519"}),
        roles=("urn:zitadel:iam:org:project:roles",),
        required=frozenset({"jti"}),  # an ID token has none
        refused=_ID_TOKEN_CLAIMS,
        source="https://zitadel.com/docs/apis/openidoauth/claims, read 2026-11-28",
    ),
    TokenProfile(
        name="firebase",
        types=JWT_TYPES,
        algorithms=_RS256,
        token_id=None,
        session_id=None,
        scopes=(),
        required=frozenset({"auth_time", "firebase"}),
        lifetime_seconds=_HOUR,
        past=("auth_time",),
        signs="ID tokens",
        source="https://firebase.google.com/docs/reference/admin/node/firebase-admin.auth.decodedidtoken, "
        "read 2026-11-28",
    ),
    TokenProfile(
        name="google-id",
        types=JWT_TYPES,
        algorithms=_RS256,
        session_id=None,
        scopes=(),
        lifetime_seconds=_HOUR,
        issuers=("https://accounts.google.com", "accounts.google.com"),
        signs="ID tokens",
        source="https://developers.google.com/identity/gsi/web/guides/verify-google-id-token, "
        "read 2026-11-28",
    ),
)

PROFILES: Final[Mapping[str, TokenProfile]] = MappingProxyType({profile.name: profile for profile in _ALL})


def profile_of(profile: TokenProfile | str) -> TokenProfile:
    """Return the named profile, or the profile itself.

    Raises:
        ValueError: there is none of this name.
    """
    if isinstance(profile, TokenProfile):
        return profile
    named = PROFILES.get(profile)
    if named is None:
        msg = f"profile is one of {', '.join(PROFILES)}, or a TokenProfile"
        raise ValueError(msg)
    return named
