"""Untrusted fields on their way in: each check returns the value or notes a FieldError.

What a caller sends is a mapping of anything; what a flow receives is typed. Every problem of
one input is reported at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Final, cast

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.vocabulary import Secret

MAXIMUM_NAME: Final = 200  # code points

_MOST_NAMED: Final = 10
_LONGEST_NAMED: Final = 64

_CONTROLS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset({"Zs", "Cf", "Mn", "Me"})  # by themselves: spaces, formats, marks on a letter
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that leave their place empty: fillers of Hangul, the Braille pattern without dots."""


class Fields:
    """The fields of one input; a class because it collects the problems of all of them."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self.problems: list[FieldError] = []

    def text(self, name: str) -> str:
        """Return a required text, or note why there is none and return the empty text."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        missing = value is None
        self.note(
            name, "missing" if missing else "wrong_type", "is required" if missing else "must be a text"
        )
        return ""

    def secret(self, name: str) -> Secret:
        """Return a required text that must not be shown."""
        return Secret(self.text(name))

    def secret_if_given(self, name: str) -> Secret | None:
        """Return a text that must not be shown; None where it is left out or null."""
        return None if self._values.get(name) is None else self.secret(name)

    def flag_if_given(self, name: str) -> bool:
        """Return a yes or no; no where it is left out or null."""
        value = self._values.get(name)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.note(name, "wrong_type", "must be true or false")
        return False

    def texts_if_given(self, name: str) -> list[str] | None:
        """Return a list of texts, or note why it is none; None where it is left out or null."""
        value = self._values.get(name)
        if value is None:
            return None
        texts = cast("list[object]", value)
        if isinstance(value, list) and all(isinstance(one, str) for one in texts):
            return cast("list[str]", texts)
        self.note(name, "wrong_type", "must be a list of texts")
        return []

    def storable(self, name: str) -> str:
        """Return a required text that every database can hold: no NUL, no lone surrogate (SQL-3)."""
        value = self.text(name)
        if not is_storable(value):
            self.note(name, "invalid_character", "must not contain NUL or lone surrogates")
        return value

    def name(self, name: str) -> str:
        """Return a person's name in NFC: 1 to 200 characters, one of them visible, none that controls.

        Overrides, embeddings and isolates of direction would turn what stands beside the name around;
        letters of right-to-left scripts need none, and the joiners and marks that spell them stay.
        """
        value = self.text(name)
        if self.has(name):
            return value
        if any(map(_is_control, value)):
            self.note(
                name,
                "invalid_character",
                "must not contain control characters, bidi controls, line separators or lone surrogates",
            )
        elif not any(map(_is_visible, value)):
            self.note(name, "blank", "must not be blank")
        elif len(value) > MAXIMUM_NAME:
            self.note(name, "too_long", f"must be at most {MAXIMUM_NAME} characters long")
        return unicodedata.normalize("NFC", value)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Note every field that is none of these: one that limits something may be misspelt."""
        for name in sorted(self._values.keys() - set(known))[:_MOST_NAMED]:
            is_plain = name.isascii() and name.isidentifier() and len(name) <= _LONGEST_NAMED
            self.note(name if is_plain else "body", "unknown", f"is none of {', '.join(sorted(known))}")

    def has(self, name: str) -> bool:
        """Tell whether a problem of this field is noted."""
        return any(problem.field == name for problem in self.problems)

    def note(self, name: str, code: str, message: str) -> None:
        """Keep a problem for `raise_problems`."""
        self.problems.append(FieldError(name, code, message))

    def raise_problems(self) -> None:
        """Raise `InvalidInputError` with every problem, if there is one."""
        if self.problems:
            raise InvalidInputError(self.problems)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _CONTROLS or character in _BIDI_CONTROLS


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE and character not in _BLANKS


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL and SQLite can both hold the text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
