"""Assurance: how sure it is who somebody is, by when and how they proved it, and what to ask for beyond.

Methods are words of RFC 8176 (``pwd``, ``otp``), levels the authenticator assurance levels of NIST
SP 800-63B in the form of ``acr``. No token and no session here: only what both say.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass

PASSWORD: Final = ("pwd",)
RECOVERY: Final = "recovery"
AAL1: Final = "aal1"
AAL2: Final = "aal2"
"""Two factors, or a passkey that verified its user."""

AHEAD_SECONDS: Final = 60
"""How far another clock may be ahead; what is further from the future says nothing."""

_PASSKEYS: Final = frozenset({"hwk", "swk"})
_WORD: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # as a scope: several stand in one challenge


class InsufficientAuthenticationError(AuthError):
    """Raised when a caller is authenticated, but too long ago or not surely enough (RFC 9470).

    ``max_age`` are the seconds since a login that is good, ``acr_values`` the level that it needs, None where
    that is not asked; ``amr`` are the methods that are missing.
    """

    code = "insufficient_user_authentication"

    def __init__(
        self, *, max_age: int | None = None, acr_values: str | None = None, amr: Collection[str] = ()
    ) -> None:
        self.max_age, self.acr_values, self.amr = max_age, acr_values, tuple(sorted(amr))
        asked = (
            None if max_age is None else f"at most {max_age} seconds old",
            f"by {', '.join(self.amr)}" if amr else None,
            None if acr_values is None else f"of level {acr_values}",
        )
        super().__init__(f"a login is needed that is {' and '.join(filter(None, asked))}")


def level_of(methods: Collection[str]) -> str | None:
    """Return the level that methods come to, as ``acr`` has it; None of none."""
    if not methods:
        return None
    is_verified = "user" in methods and not _PASSKEYS.isdisjoint(methods)
    return AAL2 if is_verified or "mfa" in methods else AAL1


def with_second(first: Collection[str], second: Collection[str]) -> tuple[str, ...]:
    """Return the methods of a login that has shown two factors of different kinds."""
    return tuple(dict.fromkeys((*first, *second, "mfa")))


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an authentication has to be: not older, by all of these methods, of this level.

    Raises:
        TypeError: an age that is no int, or one text in place of several methods.
        ValueError: an age under a second, or a method or level that is no word.
    """

    max_age: int | None = None
    amr: Collection[str] = frozenset()
    acr: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.amr, str):
            raise TypeError("amr is a collection of texts, not one text")
        object.__setattr__(self, "amr", frozenset(self.amr))
        if self.max_age is not None and type(self.max_age) is not int:
            raise TypeError("max_age is an int, in seconds")
        if self.max_age is not None and self.max_age < 1:
            raise ValueError("max_age is at least 1 second")
        if not all(map(_WORD.fullmatch, (*self.amr, self.acr or AAL1))) or self.acr == "":
            raise ValueError("amr and acr are printable ASCII words without spaces")

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return self != NOTHING

    def __str__(self) -> str:
        said = {"max_age": self.max_age, "amr": " ".join(sorted(self.amr)), "acr": self.acr}
        return ", ".join(f"{name}={value}" for name, value in said.items() if value)

    def check(
        self, *, auth_time: int | None, amr: Collection[str], acr: str | None, now: float
    ) -> InsufficientAuthenticationError | None:
        """Return what to ask a caller for who was authenticated so; None where that is enough.

        What is not known is not enough. The answer names all that the next login has to be, what this one
        was included: a new one would lose it.
        """
        missing = frozenset(self.amr).difference(amr)
        if self._is_recent(auth_time, now) and not missing and self._is_sure(acr):
            return None
        level = AAL2 if missing and self.acr in {None, AAL1} else self.acr
        return InsufficientAuthenticationError(max_age=self.max_age, acr_values=level, amr=missing)

    def _is_recent(self, auth_time: int | None, now: float) -> bool:
        if self.max_age is None:
            return True
        return auth_time is not None and -AHEAD_SECONDS <= now - auth_time <= self.max_age

    def _is_sure(self, acr: str | None) -> bool:
        return self.acr in {None, acr} or (self.acr, acr) == (AAL1, AAL2)


NOTHING: Final = Requirement()
