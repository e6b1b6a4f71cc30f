"""A place in words, and who knows places by address. It is what a file says: near enough for people to read.

Nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, cast

LONGEST_NAME: Final = 100
"""Characters of a city or a country; what is longer is none."""


class Places(Protocol):
    """Who knows where addresses are."""

    def of(self, address: str | None, language: str) -> str | None:
        """Return where an address is, in a language where its names are known; None where nobody knows."""
        ...


def in_words(record: object, language: str) -> str | None:
    """Return city and country of a record as MaxMind writes it, ``Berlin, Germany``; or one, or None."""
    country = _name(record, "country", language) or _name(record, "registered_country", language)
    names = [name for name in (_name(record, "city", language), country) if name]
    return ", ".join(names) or None


def _name(record: object, kind: str, language: str) -> str | None:
    names = _members(_members(record).get(kind)).get("names")
    name = _members(names).get(language) or _members(names).get("en")
    return name if isinstance(name, str) and name.isprintable() and len(name) <= LONGEST_NAME else None


def _members(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
