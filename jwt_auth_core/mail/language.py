"""In which language somebody is written to: what a browser asks for, as far as we speak it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jwt_auth_core.mail.letter import LANGUAGES, Language

LONGEST: Final = 1_000
"""Characters of a header that are looked at."""

_SPOKEN: Final[Mapping[str, Language]] = {one: one for one in LANGUAGES}
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)


def language_of(accept_language: str | None, *, default: Language) -> Language:
    """Return the language that Accept-Language (RFC 9110 section 12.5.4) prefers of those that there are."""
    found = filter(None, map(_RANGE.fullmatch, (accept_language or "")[:LONGEST].split(",")))
    weights = [(one[1].lower(), float(one[2] or 1)) for one in found]
    wanted: list[tuple[float, Language]] = [
        (weight, _SPOKEN[said]) for said, weight in weights if said in _SPOKEN and weight
    ]
    return max(wanted, key=_weight)[1] if wanted else default


def _weight(one: tuple[float, Language]) -> float:
    return one[0]
