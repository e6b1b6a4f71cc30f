"""The words of the desk, in the languages of the pages; one file for pages that belong together."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Final

from jwt_auth_core.mail.letter import Language
from jwt_auth_core.packaged import packaged_text

_PACKAGE: Final = "jwt_auth_asgi.pages.desk"
CATALOGUES: Final = ("desk", "users", "audit", "operating")
"""The first names those of all pages; each is ``texts/NAME.LANGUAGE.json``."""


@cache
def desk_words(language: Language) -> Mapping[str, str]:
    """Return the words of a language by their keys."""
    found: dict[str, str] = {}
    for name in CATALOGUES:
        found |= json.loads(packaged_text(_PACKAGE, f"texts{os.sep}{name}.{language}.json"))
    return found
