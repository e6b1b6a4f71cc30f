"""In which language somebody is written to: what a browser asks for, as far as we speak it."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Final

from jwt_auth_core.mail.letter import Language, language_named

LONGEST: Final = 1_000
"""Characters of a header that are looked at."""

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)


def language_of(accept_language: str | None, *, default: Language) -> Language:
    """Return the language that Accept-Language (RFC 9110 section 12.5.4) prefers of those that there are."""
    found = filter(None, map(_RANGE.fullmatch, (accept_language or "")[:LONGEST].split(",")))
    weights = [(one[1].lower(), float(one[2] or 1)) for one in found]
    for said, weight in sorted(weights, key=itemgetter(1), reverse=True):  # of equals the first stays first
        known = language_named(said)
        if known is not None and weight:
            return known
    return default
