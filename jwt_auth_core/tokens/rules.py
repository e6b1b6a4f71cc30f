"""Rules: what the payload of an access token must say to be believed (RFC 9068 section 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS, quick_json, strict_json
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.extra import frozen
from jwt_auth_core.tokens.scope import parse_scopes

_TIME_BOUND: Final = 10**MAX_INTEGER_DIGITS
_NO_SCOPES: Final[frozenset[str]] = frozenset()

Verified = tuple[int, int, wire.Claims]
"""From when and until when (exclusive) the claims are good, and the claims."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom to believe and for how long; the leeway is for clocks that are ahead, never for expiry.

    Without an ``issuer`` any is believed; without an ``audience`` a token must not name one (JWT-12).
    """

    issuer: str | None
    audience: str | None
    max_lifetime_seconds: int
    leeway_seconds: int

    def read(self, payload: bytes, *, now: int) -> Verified:  # noqa: C901, PLR0912 - one straight pass
        """Return what *payload*, the JSON of an authentic token, says.

        Each call that this pass would be divided into costs 2 % of a whole verification. On its
        way it counts the names and texts that it knows; ``_extra`` looks for others.

        Raises:
            TokenInvalidError: not strict JSON, or a claim is missing, of a wrong type or value.
            TokenExpiredError: all is well but the time.
        """
        members, text = _parsed(payload)
        get = members.get
        names, texts = 4, 2

        subject, token_id = get(wire.SUBJECT), get(wire.TOKEN_ID)
        if type(subject) is not str or not subject or type(token_id) is not str:
            raise TokenInvalidError("sub and jti must be texts")
        issued_at, expires_at = get(wire.ISSUED_AT), get(wire.EXPIRES_AT)
        if type(issued_at) is not int or type(expires_at) is not int:
            issued_at, expires_at = _seconds(issued_at), _seconds(expires_at)
        issuer = get(wire.ISSUER)
        if issuer != self.issuer and (self.issuer is not None or type(issuer) is not str):
            raise TokenInvalidError("iss is not the expected issuer")
        if issuer is not None:
            names, texts = names + 1, texts + 1
        audience = get(wire.AUDIENCE)
        if audience != self.audience and not self._is_among(audience):
            raise TokenInvalidError("aud is not for this service")
        if audience is not None:
            names, texts = names + 1, texts + 1
        session_id = get(wire.SESSION_ID)
        if session_id is not None:
            if type(session_id) is not str or not session_id:
                raise TokenInvalidError("sid must be a text")
            names, texts = names + 1, texts + 1
        scopes = get(wire.SCOPES)
        if scopes is not None:
            scopes = _scopes(scopes)
            names, texts = names + 1, texts + 1
        starts_at = issued_at
        if wire.NOT_BEFORE in members:
            starts_at = max(starts_at, _seconds(get(wire.NOT_BEFORE)))
            names += 1

        extra = wire.NOTHING
        if len(members) != names or text.count('"') != 2 * (names + texts) or "\\" in text:
            extra = _extra(payload)
        starts_at -= self.leeway_seconds
        if not starts_at <= now or not -_TIME_BOUND < expires_at <= issued_at + self.max_lifetime_seconds:
            raise TokenInvalidError("iat and nbf must have passed, exp must be near")
        if now >= expires_at:
            raise TokenExpiredError(expires_at)
        claims = wire.sealed(
            subject, scopes or _NO_SCOPES, session_id, token_id, issued_at, expires_at, extra
        )
        return starts_at, expires_at, claims

    def _is_among(self, audience: object) -> bool:
        if self.audience is None or not isinstance(audience, list):
            return False
        names = cast("list[object]", audience)
        return self.audience in names and all(isinstance(name, str) for name in names)


def _parsed(payload: bytes) -> tuple[dict[str, object], str]:
    try:
        members, text = quick_json(payload)
    except ValueError:
        members, text = None, ""
    if not isinstance(members, dict):
        raise TokenInvalidError("its payload is not one strict JSON object")
    return cast("dict[str, object]", members), text


def _extra(payload: bytes) -> Mapping[str, object]:
    """Return the claims without a meaning here, read-only, after a second and strict look.

    It is not needed when the text has no backslash and as many quotation marks as the known names
    and texts account for: then each mark delimits, so no other text, hence no other name and no
    name twice, is in it; and numbers were looked at.
    """
    try:
        members = cast("dict[str, object]", strict_json(payload))
    except ValueError:
        members = None
    if members is None or any(members.get(name, "") is None for name in wire.REGISTERED):
        raise TokenInvalidError("its payload is not one strict JSON object, or a claim is null")
    extra = {name: frozen(value) for name, value in members.items() if name not in wire.REGISTERED}
    return MappingProxyType(extra) if extra else wire.NOTHING


def _seconds(value: object) -> int:
    # Fractions are allowed (RFC 7519 section 2); rounded up, every comparison comes out the same.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.ceil(value)
    raise TokenInvalidError("exp, iat and nbf must be numbers")


def _scopes(text: object) -> frozenset[str]:
    try:
        scopes = parse_scopes(text) if type(text) is str else None
    except ValueError:
        scopes = None
    if scopes is None:
        raise TokenInvalidError("scope must be words between single spaces")
    return scopes
