"""Claims: what a verified access token says. The wire names of header and claims occur only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Final, cast

from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.covering import covering

# The header (RFC 7515 section 4.1)
ALGORITHM: Final = "alg"
KEY_ID: Final = "kid"
TYPE: Final = "typ"
REFUSED_HEADERS: Final = frozenset({"crit", "b64", "enc", "zip"})
"""Each changes what the rest means, and none is understood here (JWT-08)."""

# The claims (RFC 7519 section 4.1, RFC 9068 section 2.2, RFC 8693 section 4.2, OpenID Connect's sid; how the
# subject was authenticated: RFC 9068 section 2.2.1, RFC 8176)
ISSUER: Final = "iss"
SUBJECT: Final = "sub"
AUDIENCE: Final = "aud"
EXPIRES_AT: Final = "exp"
NOT_BEFORE: Final = "nbf"
ISSUED_AT: Final = "iat"
TOKEN_ID: Final = "jti"
SESSION_ID: Final = "sid"
SCOPES: Final = "scope"
CLIENT_ID: Final = "client_id"
AUTH_TIME: Final = "auth_time"
METHODS: Final = "amr"
LEVEL: Final = "acr"
ROLES: Final = "roles"  # RFC 9068 section 2.2.3.1
SESSION_VERSION: Final = "sver"  # of our own making
TOKEN_VERSION: Final = "tver"  # likewise
ACTOR: Final = "act"  # RFC 8693 section 4.1; read from the extra claims
REGISTERED: Final = frozenset(
    {
        ISSUER,
        SUBJECT,
        AUDIENCE,
        EXPIRES_AT,
        NOT_BEFORE,
        ISSUED_AT,
        TOKEN_ID,
        SESSION_ID,
        SCOPES,
        CLIENT_ID,
        AUTH_TIME,
        METHODS,
        LEVEL,
        SESSION_VERSION,
        TOKEN_VERSION,
    }
)
"""The names that have a field here."""

RESERVED: Final = REGISTERED | {ACTOR}
"""The names that have a meaning here, so that extra claims cannot have them."""

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says that was verified; only the verifier makes these, and they are read-only.

    ``issued_at`` and ``expires_at`` are seconds since the epoch; from ``expires_at`` on the token
    is expired. ``session_id`` is what a check for ended sessions looks up. ``extra`` holds the
    claims that have no field of their own, arrays as tuples and objects as read-only mappings.
    ``session_version`` is the user's when the session began, which tells tokens from before and after
    "log out everywhere" within one second; None where the issuer does not say.

    ``issuer`` is whose subject it is, where the verifier expects one. A foreign token may have no id
    of its own: then ``token_id`` is empty. ``roles`` are what its issuer calls so. ``client_id`` is the
    client that the token was issued to. ``token_version`` counts how often the user's access tokens, and
    nothing else of it, had been cut off when the token was issued.

    ``auth_time`` is when the subject proved who they are, ``amr`` how (RFC 8176: ``pwd``, ``otp``), and
    ``acr`` how sure that is (``aal1``, ``aal2``). A refresh changes none of them. What a token does not say,
    or not in the form of the standards, is None and empty: whoever asks for more is refused then.

    ``acting`` has the sessions of those who call on the subject's behalf, where ``act`` names them: the token
    ends with each of them.
    """

    subject: str
    scopes: frozenset[str]
    session_id: str | None
    token_id: str
    issued_at: int
    expires_at: int
    extra: Mapping[str, object] = field(default_factory=lambda: NOTHING, repr=False, hash=False)
    session_version: int | None = None
    roles: frozenset[str] = frozenset()
    issuer: str | None = None
    client_id: str | None = None
    auth_time: int | None = None
    amr: frozenset[str] = frozenset()
    acr: str | None = None
    token_version: int | None = None
    acting: tuple[str, ...] = ()

    @property
    def actor(self) -> str | None:
        """Who calls on the subject's behalf, the latest of several (RFC 8693); None where nobody does."""
        return next(iter(self.actors), None)

    @property
    def actors(self) -> tuple[str, ...]:
        """All of them, the latest first."""
        found: list[str] = []
        act = self.extra.get(ACTOR)
        while isinstance(act, Mapping):
            members = cast("Mapping[str, object]", act)
            name = members.get(SUBJECT)
            if not isinstance(name, str) or not name:
                break
            found.append(name)
            act = members.get(ACTOR)
        return tuple(found)

    def allows(self, scope: str) -> bool:
        """Tell whether the token grants a scope, by its own name or by a wildcard: ``reports:*``."""
        return scope in self.scopes or covering(self.scopes, scope) is not None

    def explain(self, scope: str) -> str:
        """Say in one sentence why `allows` says what it says; for logs and consoles, not for callers."""
        found = covering(self.scopes, scope)
        if found is not None:
            by = "its own name" if found == scope else f"{found!r}"
            return f"{scope!r} is granted by {by}"
        if not self.scopes:
            return f"{scope!r} is not granted: the token has no scopes"
        return f"{scope!r} is not granted: the token has {', '.join(map(repr, sorted(self.scopes)))}"


@dataclass(slots=True)
class Draft:
    """Claims in the making: ``draft.__class__ = Claims`` makes a complete draft the frozen record.

    A frozen dataclass fills itself through one call of ``object.__setattr__`` a field, in 1.1 microseconds; a
    draft of the same layout takes 0.2. The target S4 leaves 0.4 ("Tricks" in docs/performance.md).
    """

    subject: str
    scopes: frozenset[str]
    session_id: str | None
    token_id: str
    issued_at: int
    expires_at: int
    extra: Mapping[str, object]
    session_version: int | None
    roles: frozenset[str]
    issuer: str | None
    client_id: str | None
    auth_time: int | None
    amr: frozenset[str]
    acr: str | None
    token_version: int | None
    acting: tuple[str, ...]
