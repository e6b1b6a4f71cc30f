"""Which passwords may be set: long enough, not common, not leaked, not the owner's name (PW-02..PW-05).

No composition rules: any character may stand anywhere, spaces and control characters included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Self

from jwt_auth_core.errors import FieldError, SettingsError
from jwt_auth_core.passwords.blocklist import common
from jwt_auth_core.passwords.breached import breached
from jwt_auth_core.passwords.normalization import MAX_CODE_POINTS, fault_of, spelled, squeezed
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

BREACHED: Final = "is known from leaked passwords, which attackers try first; choose another"

_DEFAULT_MIN: Final = 8
_NIST_MIN: Final = 15
_MIN_MAX: Final = 64  # SP 800-63B-4: whoever types 64 characters must be let in
_SHORTEST_WORD: Final = 3


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a new password must be; checked when one is set, never at login.

    ``min_length`` counts code points after NFC, 8 to 64.

    Raises:
        SettingsError: ``min_length`` is outside its limits.
    """

    min_length: int = _DEFAULT_MIN

    def __post_init__(self) -> None:
        if not _DEFAULT_MIN <= self.min_length <= _MIN_MAX:
            msg = f"password length: the minimum must be {_DEFAULT_MIN} to {_MIN_MAX} characters"
            raise SettingsError([msg])

    @classmethod
    def default(cls) -> Self:
        """At least 8 characters."""
        return cls(_DEFAULT_MIN)

    @classmethod
    def nist(cls) -> Self:
        """At least 15 characters: SP 800-63B-4 §3.1.1.2, for a password that is the only factor."""
        return cls(_NIST_MIN)

    def problems(self, password: Secret, *, context: Iterable[str] = ()) -> list[FieldError]:
        """Return the first reason against the password, in a list that is empty when there is none.

        ``context`` holds what others would try first: the owner's e-mail address (its local part
        counts too), first and last name, the name of the service. A password that is one of them, or
        two in a row, is refused; case, width, spaces, dots and hyphens make no difference, and words
        of one or two characters are ignored.
        """
        fault = fault_of(password)
        if fault is not None:
            return [fault]
        text = spelled(password).reveal()
        if len(text) < self.min_length:
            return [_error("too_short", f"must have at least {self.min_length} characters")]
        if common(text):
            return [_error("too_common", "is a common password or a plain repetition; choose another")]
        if _made_of(squeezed(text), frozenset(_words(context))):
            return [_error("too_personal", "must not be your e-mail address, your name or this service's")]
        if breached(text):
            return [_error("breached", BREACHED)]
        return []


def _error(code: str, message: str) -> FieldError:
    return FieldError("password", code, message)


def _words(context: Iterable[str]) -> Iterator[str]:
    for text in context:
        # Whatever is longer than any password cannot be one; it is not worth normalising either.
        if len(text) <= MAX_CODE_POINTS:
            parts = {squeezed(text), squeezed(text.rpartition("@")[0])}
            yield from (part for part in parts if len(part) >= _SHORTEST_WORD)


def _made_of(text: str, words: frozenset[str]) -> bool:
    return text in words or any(text.removeprefix(word) in words for word in words if text.startswith(word))
