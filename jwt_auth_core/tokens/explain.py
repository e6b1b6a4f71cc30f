"""Why a token is refused, in a sentence with the remedy; for people who set things up, never for clients.

Nothing here is verified, and nothing of a token is said but its ``typ``, its ``alg`` and the kind of issuer
that it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from jwt_auth_core.encoding import b64url_decode, strict_json
from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.expectations import DEFAULT
from jwt_auth_core.tokens.header import read_header
from jwt_auth_core.tokens.limits import Limits
from jwt_auth_core.tokens.parties import Names, Parties
from jwt_auth_core.tokens.profile import TokenProfile
from jwt_auth_core.tokens.profile_rules import ProfileRules, at
from jwt_auth_core.tokens.profiles import PROFILES

_ISSUERS: Final[Mapping[str, re.Pattern[str]]] = {
    "keycloak": re.compile(r"https?://.+/realms/[^/]+"),
    "auth0": re.compile(r"https://[^/]+\.auth0\.com/"),
    "okta": re.compile(r"https://[^/]+\.okta(preview)?\.com(/.*)?"),
    "entra": re.compile(r"https://(login\.microsoftonline\.com/.+/v2\.0|sts\.windows\.net/.+/)"),
    "cognito": re.compile(r"https://cognito-idp\..+\.amazonaws\.com/.+"),
    "clerk": re.compile(r"https://(clerk\..+|.+\.clerk\.accounts\.dev)"),
    "supabase": re.compile(r"https://.+\.supabase\.co/auth/v1"),
    "zitadel": re.compile(r"https://.+\.zitadel\.cloud"),
    "firebase": re.compile(r"https://securetoken\.google\.com/.+"),
    "google-id": re.compile(r"(https://)?accounts\.google\.com"),
}
_MARKS: Final[Mapping[str, str]] = {
    "realm_access": "keycloak",
    "token_use": "cognito",
    "cid": "okta",
    "fva": "clerk",
    "firebase": "firebase",
    "aal": "supabase",
    "emailVerified": "better-auth",
}
_ZITADEL: Final = "urn:zitadel:"
_NO_JWT: Final = "it is no signed JWT: have the issuer write JWT access tokens, for an API of your own"
_SHOWN: Final = re.compile(r"[A-Za-z0-9+/._-]{1,40}")  # Okta's org server has a typ of 32
_BEARER: Final = "send a bearer access token, not an ID, refresh or DPoP token"
_MAPPER: Final = "at keycloak the client needs an audience mapper"
_SECRET: Final = "a secret signs it: shared_secret="
_REMEDIES: Final[Mapping[str, str]] = {  # by a part of the reason; the first one counts
    "its claim sts": "its session has tasks to do first, such as a new password",
    "ID tokens": "send the ID token",
    "access tokens": _BEARER,
    "another kind of token": _BEARER,
    "it is not for this audience": "audience= is what the client asks for",
    "it is not by": "write issuer= as iss has it, to the letter",
    "names no known key": "it is another tenant's, or its key was withdrawn",
    "its lifetime is too long": "shorten it at the issuer, or raise lifetime_seconds of the profile",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a token is in the form of a profile: the rule that it breaks first, or None."""

    profile: str
    broken: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be said of a token without its key, and of each profile what it would say."""

    kind: str
    looks_like: str | None
    verdicts: tuple[Verdict, ...]


def explain(
    token: str,
    *,
    issuer: Names = None,
    audience: Names = None,
    now: float,
    profile: TokenProfile | None = None,
) -> Explanation:
    """Return which rule a *token* breaks under which profile; under one more, where it is given.

    Its own issuer and audience are taken for the expected ones where none are given. The signature is
    not looked at.

    Raises:
        TokenInvalidError: it is no token to look at: three parts of base64url, the first two JSON objects.
    """
    header, members = _opened(token)
    named = {**PROFILES, DEFAULT.name: DEFAULT}  # without a profile our own HS256 is accepted, too
    if profile is not None:
        named.setdefault(profile.name, profile)
    verdicts = [_verdict(one, token, members, issuer, audience, now) for one in named.values()]
    return Explanation(_kind(header), looks_like(members), tuple(verdicts))


def remedy(token: str, *, profile: str | None = None, reason: str = "") -> str:
    """Return what to try with a token that was refused for a *reason*, by the *profile* of that name."""
    try:
        header, members = _opened(token)
    except TokenInvalidError:
        return _NO_JWT
    like = looks_like(members)
    if like not in {None, profile}:
        return f"{_kind(header)}; the issuer looks like {like}: profile={like!r}"
    todo = _todo(header, profile, reason)
    return f"{_kind(header)}; {todo}" if todo else _kind(header)


def looks_like(members: Mapping[str, object]) -> str | None:
    """Return the profile whose issuer a payload seems to be by; None where it could be anybody's."""
    issuer = members.get(wire.ISSUER)
    for name, pattern in _ISSUERS.items():
        if isinstance(issuer, str) and pattern.fullmatch(issuer):
            return name
    for claim, name in _MARKS.items():
        if claim in members:
            return name
    return "zitadel" if any(claim.startswith(_ZITADEL) for claim in members) else None


def _opened(token: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    parts = token.split(".")
    try:
        header, members = (strict_json(b64url_decode(part)) for part in parts[:2])
    except ValueError:
        header = members = None
    if len(parts) != len(("header", "payload", "signature")) or not (
        isinstance(header, dict) and isinstance(members, dict)
    ):
        reason = f"it is not three parts of base64url, the first two of them JSON objects: {_NO_JWT}"
        raise TokenInvalidError(reason)
    return cast("Mapping[str, object]", header), cast("Mapping[str, object]", members)


def _todo(header: Mapping[str, object], profile: str | None, reason: str) -> str:
    todo = next((todo for part, todo in _REMEDIES.items() if part in reason), "")
    if profile == "keycloak" and "audience" in todo:
        return _MAPPER
    # Of our own tokens, which need no profile, the secret is JWT_KEY.
    is_shared = profile != DEFAULT.name and header.get(wire.ALGORITHM) == "HS256"
    return _SECRET if is_shared and "its key" in todo else todo


def _kind(header: Mapping[str, object]) -> str:
    return f"its typ is {_shown(header.get(wire.TYPE))}, its alg {_shown(header.get(wire.ALGORITHM))}"


def _shown(value: object) -> str:
    if value is None:
        return "absent"
    return value if isinstance(value, str) and _SHOWN.fullmatch(value) else "unusual"


def _verdict(  # noqa: PLR0913, PLR0917 - a step of `explain`
    profile: TokenProfile,
    token: str,
    members: Mapping[str, object],
    issuer: Names,
    audience: Names,
    now: float,
) -> Verdict:
    segment, payload, _ = token.encode("ascii", "replace").split(b".")
    try:
        read_header(segment, profile)
        _rules(profile, members, issuer, audience).read(payload, now=now)
    except TokenExpiredError:
        return Verdict(profile.name, "it is expired, and otherwise as it should be")
    except TokenError as error:
        return Verdict(profile.name, error.reason if isinstance(error, TokenInvalidError) else str(error))
    return Verdict(profile.name, None)


def _rules(
    profile: TokenProfile, members: Mapping[str, object], issuer: Names, audience: Names
) -> ProfileRules:
    own = members.get(wire.ISSUER)
    named = at(members, profile.audience)
    names = cast("list[object]", named) if isinstance(named, list) else [named]
    first = names[0] if names else None
    parties = Parties(
        profile,
        issuer=issuer or (own if isinstance(own, str) and own else "(none)"),
        audience=audience or (first if isinstance(first, str) and first else "(none)"),
        tenants="any" if profile.tenant is not None else None,
    )
    longest = profile.lifetime_seconds
    return ProfileRules(
        profile, parties, max_lifetime_seconds=longest, leeway_seconds=Limits().leeway_seconds
    )
