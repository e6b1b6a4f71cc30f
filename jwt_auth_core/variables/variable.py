"""One environment variable: its name, how its text is read, and what its limits are.

A reader raises ValueError or KeyError; a check returns the limit that a value breaks, in words
that go behind the variable's name and never repeat the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

Read = Callable[[str], Any]
Check = Callable[[Any], "str | None"]


def several(value: object) -> list[object] | None:
    """Return what a tuple or list holds; None for anything else."""
    return list(cast("Iterable[object]", value)) if isinstance(value, tuple | list) else None


def is_text(value: object) -> str | None:
    """Check that a text is one and not empty, if it is there."""
    if value is None or isinstance(value, str):
        return "must not be empty" if value == "" else None
    return "must be a str"


def not_utf8(value: object) -> str | None:
    """Return what is to be said of octets that are no UTF-8, which the system hands on as lone surrogates."""
    text = value.reveal() if isinstance(value, Secret) else value
    if (parts := several(text)) is not None:
        return next(filter(None, map(not_utf8, parts)), None)
    is_other = isinstance(text, str) and any("\ud800" <= character <= "\udfff" for character in text)
    return "is not UTF-8 text" if is_other else None


@dataclass(frozen=True, slots=True)
class Variable:
    """How a field is called in the environment, how its text is read, and what its limits are."""

    name: str
    read: Read = str
    check: Check = is_text

    def problem(self, value: object) -> str | None:
        """Return what is wrong with a value, behind the name; None where nothing is."""
        problem = not_utf8(value) or self.check(value)
        return f"{self.name} {problem}" if problem else None
