"""Patterns of payloads: how issuers spell them, learned so that the next one of its kind is read fast."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.encoder import encode_basestring as quoted
from typing import Final, NamedTuple

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS, b64url_decode
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.authentication import listed

_MOST: Final = 8
# JSON's own spelling of these, and no other: text without an escape, digits without a leading zero.
_TEXT: Final = r"[ !#-\[\]-~]++"
_NUMBER: Final = rf"[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+"
_COUNT: Final = rf"0|{_NUMBER}"
_NUMBERS: Final = (wire.ISSUED_AT, wire.EXPIRES_AT)
_COUNTS: Final = (wire.SESSION_VERSION, wire.AUTH_TIME, wire.TOKEN_VERSION)
_LISTS: Final = (wire.METHODS, wire.ROLES)
_NO_WORDS: Final[frozenset[str]] = frozenset()
_SAID: Final = (
    wire.SUBJECT,
    *_NUMBERS,
    wire.TOKEN_ID,
    wire.SESSION_ID,
    wire.SCOPES,
    wire.SESSION_VERSION,
    wire.CLIENT_ID,
    wire.AUTH_TIME,
    wire.METHODS,
    wire.LEVEL,
    wire.TOKEN_VERSION,
    wire.ROLES,
)
_READABLE: Final = frozenset({*_SAID, wire.ISSUER, wire.AUDIENCE})


class Written(NamedTuple):
    """What a payload says, its scopes as on the wire; times are seconds since the epoch."""

    subject: str
    issued_at: int
    expires_at: int
    token_id: str
    session_id: str | None
    scope: str | None
    session_version: int | None
    client_id: str | None
    auth_time: int | None
    amr: frozenset[str]
    acr: str | None
    token_version: int | None
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """An order of claims, the pattern of payloads that have it, and the groups of what is said."""

    names: tuple[str, ...]
    match: Callable[[str], re.Match[str] | None]
    groups: tuple[int, ...]


class PayloadPatterns:
    """Reads payloads whose order of claims is known; a class because it learns up to 8 orders.

    A shape matches whole: these names in this order, each once, no white space, no escapes. So it
    says what the strict reader would say, or nothing, and halves the time of a verification. Only
    payloads of authentic tokens are shown to it.
    """

    __slots__ = ("_expected", "_known")

    def __init__(self, *, issuer: str | None, audience: str | None) -> None:
        self._expected = {wire.ISSUER: issuer, wire.AUDIENCE: audience}
        self._known: tuple[Shape, ...] = ()

    def read(self, segment: bytes) -> Written | None:
        """Return what a payload *segment* says; None where its order of claims is not known.

        Raises:
            ValueError: it is not canonical base64url of UTF-8.
        """
        text = b64url_decode(segment).decode()
        for shape in self._known:
            found = shape.match(text)
            if found is not None:
                return _written(*found.group(*shape.groups))
        return None

    def learn(self, names: tuple[str, ...]) -> None:
        """Remember the order of *names* of an accepted payload, if all of them have a meaning here."""
        if len(self._known) == _MOST or not _READABLE.issuperset(names):
            return
        if names not in [shape.names for shape in self._known]:
            self._known += (self._shape(names),)

    def _shape(self, names: tuple[str, ...]) -> Shape:
        members = ",".join(f'"{name}":{self._value(name)}' for name in names)
        places = {name: place for place, name in enumerate((n for n in names if n in _SAID), start=1)}
        # One more group, which never takes part, stands for the claims that are not there.
        pattern = re.compile(rf"\{{{members}\}}((?!))?")
        return Shape(names, pattern.fullmatch, tuple(places.get(name, pattern.groups) for name in _SAID))

    def _value(self, name: str) -> str:
        if name in _NUMBERS:
            return f"({_NUMBER})"
        if name in _COUNTS:
            return f"({_COUNT})"
        if name in _LISTS:
            return rf'\[("{_TEXT}"(?:,"{_TEXT}")*+)\]'
        if name in _SAID:
            return f'"({_TEXT})"'
        expected = self._expected[name]
        return f'"{_TEXT}"' if expected is None else re.escape(quoted(expected))


def _written(  # noqa: PLR0913, PLR0917 - as a payload has them
    subject: str,
    issued_at: str,
    expires_at: str,
    token_id: str,
    session_id: str | None,
    scope: str | None,
    version: str | None,
    client_id: str | None,
    auth_time: str | None,
    amr: str | None,
    acr: str | None,
    token_version: str | None,
    roles: str | None,
) -> Written:
    return Written(
        subject,
        int(issued_at),
        int(expires_at),
        token_id,
        session_id,
        scope,
        None if version is None else int(version),
        client_id,
        None if auth_time is None else int(auth_time),
        _NO_WORDS if amr is None else listed(amr),
        acr,
        None if token_version is None else int(token_version),
        _NO_WORDS if roles is None else listed(roles),
    )
