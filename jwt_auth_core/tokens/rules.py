"""Rules: what the payload of an access token must say to be believed (RFC 9068 section 4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol, cast

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS, b64url_decode, strict_json
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.actors import acting_in
from jwt_auth_core.tokens.authentication import OWN_FORMS, authentication_of, is_understood, shared
from jwt_auth_core.tokens.extra import frozen
from jwt_auth_core.tokens.reader import fast_reader
from jwt_auth_core.tokens.scope import parse_scopes

_TIME_BOUND: Final = 10**MAX_INTEGER_DIGITS
_NUMBERS: Final = (int, float)
NO_WORDS: Final[frozenset[str]] = frozenset()
_WITH_ROLES: Final = wire.REGISTERED | {wire.ROLES}
_new: Final = object.__new__

Verified = tuple[float, float, wire.Claims]
"""From when and until when (exclusive) the claims are good, and the claims.

Whole seconds as floats, as the clock has them: a float and an integer take twice as long to compare, and a
token that was seen before is little else. They are exact for 285 million years.
"""

Subject = Callable[[wire.Claims], str | None]
"""Makes a local id of a foreign token's claims; None, LookupError or ValueError where nobody has one."""


class ReadsPayloads(Protocol):
    """What a payload must say: for tokens of our own form `Rules`, for others `ProfileRules`."""

    def read(self, segment: bytes, *, now: float) -> Verified:
        """Return what the payload *segment* of an authentic token says; raises as `Rules.read`."""
        ...


class Rules:
    """Whom to believe and for how long; a class because a fast reader of payloads is prepared.

    Without an ``issuer`` any is believed; without an ``audience`` a token must not name one (JWT-12).
    The leeway is for issuers whose clock is ahead, it never extends a token's life.
    """

    __slots__ = ("_audience", "_issuer", "_learn", "_leeway_seconds", "_max_lifetime_seconds", "_read_fast")

    def __init__(
        self, *, issuer: str | None, audience: str | None, max_lifetime_seconds: int, leeway_seconds: int
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._max_lifetime_seconds = max_lifetime_seconds
        self._leeway_seconds = leeway_seconds
        reader = fast_reader(issuer=issuer, audience=audience)
        self._read_fast, self._learn = reader.read, reader.learn

    def read(self, segment: bytes, *, now: float) -> Verified:
        """Return what the payload *segment* of an authentic token says.

        Raises:
            ValueError: not canonical base64url of strict JSON.
            TokenInvalidError: a claim is missing, of a wrong type or value.
            TokenExpiredError: all is well but the time.
        """
        said = self._read_fast(segment)
        if said is None:
            return self._read_strictly(b64url_decode(segment), now=now)
        scope, issued_at, expires_at = said.scope, said.issued_at, said.expires_at
        claims = _new(wire.Draft)
        claims.subject = said.subject
        try:
            claims.scopes = NO_WORDS if scope is None else parse_scopes(scope)
        except ValueError:  # the strict reader says so
            return self._read_strictly(b64url_decode(segment), now=now)
        claims.session_id = said.session_id
        claims.token_id = said.token_id
        claims.issued_at = issued_at
        claims.expires_at = expires_at
        claims.extra = wire.NOTHING
        claims.session_version = said.session_version
        claims.roles = shared(said.roles) if said.roles else NO_WORDS
        claims.issuer = self._issuer
        claims.client_id = said.client_id
        claims.auth_time = said.auth_time
        claims.amr = shared(said.amr) if said.amr else NO_WORDS
        claims.acr = said.acr
        claims.token_version = said.token_version
        claims.acting = ()  # whose payload has an act is read strictly
        claims.__class__ = wire.Claims  # type: ignore[assignment]
        # What `in_time` says, without the call; only where it would refuse is it asked.
        starts_at, ends_at = float(issued_at - self._leeway_seconds), float(expires_at)
        if starts_at <= now < ends_at and expires_at <= issued_at + self._max_lifetime_seconds:
            return starts_at, ends_at, claims  # type: ignore[return-value]
        return self._in_time(claims, issued_at, now)  # type: ignore[arg-type]

    def _read_strictly(self, payload: bytes, *, now: float) -> Verified:
        """Return what a payload of any spelling says, and learn its order of claims."""
        members = members_of(payload)
        self._check_parties(members)
        issued_at, roles = seconds(members, wire.ISSUED_AT), _roles(members.get(wire.ROLES))
        auth_time, amr, acr = authentication_of(members)
        extra = extra_of(members) if roles is None else extra_of(members, _WITH_ROLES)
        claims = wire.Claims(
            subject=text(members.get(wire.SUBJECT), wire.SUBJECT),
            scopes=_scopes(members.get(wire.SCOPES, "")),
            session_id=optional(members, wire.SESSION_ID),
            token_id=text(members.get(wire.TOKEN_ID), wire.TOKEN_ID),
            issued_at=issued_at,
            expires_at=seconds(members, wire.EXPIRES_AT),
            extra=extra,
            session_version=_count(members, wire.SESSION_VERSION),
            roles=roles or NO_WORDS,
            issuer=self._issuer,
            client_id=optional(members, wire.CLIENT_ID),
            auth_time=auth_time,
            amr=amr,
            acr=acr,
            token_version=_count(members, wire.TOKEN_VERSION),
            acting=acting_in(extra),
        )
        starts_at = max(issued_at, seconds(members, wire.NOT_BEFORE, issued_at))
        verified = self._in_time(claims, starts_at, now)
        self._learn(tuple(members))
        return verified

    def _in_time(self, claims: wire.Claims, starts_at: int, now: float) -> Verified:
        return in_time(claims, starts_at - self._leeway_seconds, longest=self._max_lifetime_seconds, now=now)

    def _check_parties(self, members: Mapping[str, object]) -> None:
        issuer = members.get(wire.ISSUER, "")
        if not isinstance(issuer, str) or self._issuer not in {None, issuer}:
            raise TokenInvalidError("it is not by the expected issuer")
        if wire.AUDIENCE not in members and self._audience is None:
            return
        audience = members.get(wire.AUDIENCE)
        audiences = cast("list[object]", audience) if isinstance(audience, list) else [audience]
        if self._audience not in audiences or not all(isinstance(name, str) for name in audiences):
            raise TokenInvalidError("it is not for this audience")


def in_time(claims: wire.Claims, starts_at: int, *, longest: int, now: float) -> Verified:
    """Return the claims and their time, if it is now and no longer than *longest* seconds.

    Raises:
        TokenInvalidError: it lasts longer, or begins later.
        TokenExpiredError: it is over.
    """
    expires_at = claims.expires_at
    if expires_at > claims.issued_at + longest:
        raise TokenInvalidError("its lifetime is too long")
    if not starts_at <= now:
        raise TokenInvalidError("it is from the future")
    if now >= expires_at:
        raise TokenExpiredError(expires_at)
    return float(starts_at), float(expires_at), claims


def members_of(payload: bytes) -> dict[str, object]:
    """Return the members of a payload; raises ValueError or TokenInvalidError where it is no object."""
    members = strict_json(payload)
    if isinstance(members, dict):
        return cast("dict[str, object]", members)
    raise TokenInvalidError("its payload is not an object")


def extra_of(members: dict[str, object], known: frozenset[str] = wire.REGISTERED) -> Mapping[str, object]:
    """Return the claims that have no meaning of their own here, read-only."""
    extra = {
        name: value if type(value) is str else frozen(value)  # a text, as it nearly always is, needs no call
        for name, value in members.items()
        if name not in known
    }
    for name in OWN_FORMS:
        if name in members and not is_understood(name, members[name]):
            extra[name] = frozen(members[name])
    return MappingProxyType(extra) if extra else wire.NOTHING


def text(value: object, name: str) -> str:
    """Return a claim that is a text; raises TokenInvalidError where it is none, or empty."""
    if isinstance(value, str) and value:
        return value
    raise TokenInvalidError(f"its {name} is no text, or empty")


def optional(members: Mapping[str, object], name: str | None) -> str | None:
    """Return a claim that may be absent or have no name; raises TokenInvalidError where it is no text."""
    return None if name is None or name not in members else text(members[name], name)


def seconds(members: Mapping[str, object], name: str, default: int | None = None) -> int:
    """Return the claim of that name, a time; raises TokenInvalidError where it is none."""
    value = members.get(name, default)
    if type(value) is int and 0 <= value < _TIME_BOUND:  # as nearly all are
        return value
    # Fractions are allowed (RFC 7519 section 2); rounded up, every comparison comes out the same.
    if isinstance(value, _NUMBERS) and not isinstance(value, bool) and abs(value) < _TIME_BOUND:
        return math.ceil(value)
    raise TokenInvalidError(f"its {name} is no number of seconds")


def scopes_in(listed: str, name: str) -> frozenset[str]:
    """Return the scopes that the claim of that *name* lists; raises TokenInvalidError where it lists none."""
    try:
        return parse_scopes(listed)
    except ValueError:
        msg = f"its {name} is not of printable ASCII words between single spaces"
        raise TokenInvalidError(msg) from None


def _count(members: Mapping[str, object], name: str) -> int | None:
    if name not in members:
        return None
    value = members[name]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TIME_BOUND:
        return value
    raise TokenInvalidError(f"{name} must be a count")


def _roles(value: object) -> frozenset[str] | None:
    """Return roles as we write them; None for any other form, which is an extra claim like others."""
    words = cast("list[object]", value) if isinstance(value, list) else [None]
    is_ours = all(isinstance(word, str) and word for word in words)
    return frozenset(cast("list[str]", words)) if is_ours else None


def _scopes(value: object) -> frozenset[str]:
    if value == "":
        return NO_WORDS
    if isinstance(value, str):
        return scopes_in(value, wire.SCOPES)
    raise TokenInvalidError("scope must be a text")
