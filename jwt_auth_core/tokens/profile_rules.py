"""ProfileRules: what a payload must say where a profile, or more than one party, is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, cast

from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.authentication import authentication_of
from jwt_auth_core.tokens.parties import Parties
from jwt_auth_core.tokens.profile import TokenProfile
from jwt_auth_core.tokens.reader import members_reader
from jwt_auth_core.tokens.rules import (
    NO_WORDS,
    Subject,
    Verified,
    extra_of,
    in_time,
    members_of,
    optional,
    scopes_in,
    seconds,
    text,
)

ABSENT: Final = object()
NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
"""What a claim says that says nothing; false and zero are values."""
_TEXTS: Final = frozenset({str})


class ProfileRules:
    """Reads payloads as a profile says; a class because what it looks for is sorted out once.

    Foreign tokens have claims of their own, so every member is read, and kept.
    """

    __slots__ = (
        *("_begun", "_leeway_seconds", "_lifetime_seconds", "_marks", "_parties", "_profile"),
        *("_read_fast", "_refused", "_required", "_subject"),
    )

    def __init__(
        self,
        profile: TokenProfile,
        parties: Parties,
        *,
        max_lifetime_seconds: int,
        leeway_seconds: int,
        subject: Subject | None = None,
    ) -> None:
        self._profile = profile
        self._parties = parties
        self._required = tuple(tuple(name.split("|")) for name in sorted(profile.required))
        self._marks = tuple(profile.marks.items())
        self._refused = tuple(sorted(profile.refused))
        self._begun = (wire.NOT_BEFORE, *profile.past)
        self._read_fast = members_reader()
        self._lifetime_seconds = max_lifetime_seconds
        self._leeway_seconds = leeway_seconds
        self._subject = subject

    def read(self, segment: bytes, *, now: float) -> Verified:
        """Return what the payload *segment* of an authentic token says.

        Raises:
            ValueError: not canonical base64url of strict JSON.
            TokenInvalidError: a claim is missing, of a wrong type or value.
            TokenExpiredError: all is well but the time.
        """
        members = self._read_fast(segment)
        if members is None:
            members = members_of(b64url_decode(segment))
        issuer = self._parties.check(members)
        self._check_marks(members)
        claims = self._claims(members, issuer)
        starts_at = claims.issued_at
        for name in self._begun:
            if name in members:
                starts_at = max(starts_at, seconds(members, name))
        starts_at -= self._leeway_seconds
        verified = in_time(claims, starts_at, longest=self._lifetime_seconds, now=now)
        return verified if self._subject is None else (*verified[:2], _mapped(claims, self._subject))

    def _check_marks(self, members: Mapping[str, object]) -> None:
        profile = self._profile
        for names in self._required:
            if all(members.get(name) in NOTHING for name in names):
                raise TokenInvalidError(
                    f"it has no {' or '.join(names)}, as {profile.name}'s {profile.signs} have"
                )
        for name, values in self._marks:
            value = members.get(name, ABSENT)
            is_one = value in values if isinstance(value, str) else value is ABSENT and None in values
            if not is_one:
                raise TokenInvalidError(f"its claim {name} is not that of {profile.name}'s {profile.signs}")
        if not members.keys().isdisjoint(self._refused):
            foreign = ", ".join(name for name in self._refused if name in members)
            raise TokenInvalidError(f"its {foreign} is that of another kind of token")

    def _claims(self, members: dict[str, object], issuer: str | None) -> wire.Claims:
        profile = self._profile
        auth_time, amr, acr = authentication_of(members)
        expires_at = seconds(members, wire.EXPIRES_AT)
        claims = wire.Draft(
            subject=_subject(members, profile.subject),
            scopes=self._found(members, profile.scopes, _scopes),
            session_id=optional(members, profile.session_id),
            token_id=optional(members, profile.token_id) or "",
            issued_at=self._issued_at(members, expires_at),
            expires_at=expires_at,
            extra=extra_of(members),
            roles=self._found(members, profile.roles, _roles),
            issuer=issuer,
            client_id=optional(members, wire.CLIENT_ID),
            auth_time=auth_time,
            amr=amr,
            acr=acr,
            session_version=None,
            token_version=None,
            acting=(),
        )
        claims.__class__ = wire.Claims  # type: ignore[assignment]
        return cast("wire.Claims", claims)

    def _issued_at(self, members: Mapping[str, object], expires_at: int) -> int:
        if wire.ISSUED_AT not in self._profile.absent:
            return seconds(members, wire.ISSUED_AT)
        if wire.ISSUED_AT in members:
            raise TokenInvalidError(
                f"it says when it was issued (iat), as no token of {self._profile.name} does"
            )
        return expires_at - self._lifetime_seconds

    def _found(
        self,
        members: Mapping[str, object],
        places: tuple[str, ...],
        read: Callable[[object, str], frozenset[str]],
    ) -> frozenset[str]:
        found = NO_WORDS
        for place in places:
            value = at(members, place)
            if value is not None:
                words = read(value, place)
                found = found | words if found else words
        return found


def at(members: Mapping[str, object], place: str) -> object:
    """Return what stands at a *place* such as ``realm_access.roles``; None where nothing does.

    Raises:
        TokenInvalidError: what is on the way there is no object.
    """
    if place in members:
        return members[place]
    name, dot, rest = place.partition(".")
    inner = members.get(name) if dot else None
    if inner is None:
        return None
    if not isinstance(inner, (dict, Mapping)):  # whether it is any other mapping takes long to tell
        raise TokenInvalidError(f"its {name} is no object")
    return at(cast("Mapping[str, object]", inner), rest)


def _subject(members: Mapping[str, object], name: str) -> str:
    """Return the subject; under a name of its own it may be a whole number, as keys of tables are."""
    value = members.get(name)
    if name != wire.SUBJECT and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value, name)


def _scopes(value: object, place: str) -> frozenset[str]:
    if isinstance(value, str):
        return scopes_in(value, place) if value else NO_WORDS
    words = _words(value, place)
    listed = " ".join(words)
    if words and listed.count(" ") != len(words) - 1:
        raise TokenInvalidError(f"its {place} has a scope with a space")
    return scopes_in(listed, place) if words else NO_WORDS


def _roles(value: object, place: str) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value} - {""})
    return frozenset(_words(value, place))


def _words(value: object, place: str) -> list[str]:
    """Return the texts of a list, or the keys of an object."""
    words = list(cast("list[object]", value)) if isinstance(value, (list, dict)) else [None]
    if not _TEXTS.issuperset(map(type, words)) or "" in words:
        raise TokenInvalidError(f"its {place} is neither a text, a list of texts nor an object")
    return cast("list[str]", words)


def _mapped(claims: wire.Claims, subject: Subject) -> wire.Claims:
    try:
        local = subject(claims)
    except (LookupError, ValueError):  # of a table that has no such user, or of what makes ids of subjects
        local = None
    if not local:
        raise TokenInvalidError("its subject is no user here")
    return replace(claims, subject=text(local, "mapped subject"))
