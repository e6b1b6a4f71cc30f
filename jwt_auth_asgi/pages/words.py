"""The words of the pages, in the languages of the letters; loaded once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Final, cast

from jwt_auth_core.mail.letter import Language
from jwt_auth_core.packaged import packaged_text

_PACKAGE: Final = "jwt_auth_asgi.pages"
_OF_SCRIPTS: Final = ("error.", "field.", "said.")


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return the words of a language by their keys."""
    found = json.loads(packaged_text(_PACKAGE, f"texts{os.sep}{language}.json"))
    return cast("Mapping[str, str]", found)


def of_scripts(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return the words that scripts say: errors, and news."""
    return {key: text for key, text in texts.items() if key.startswith(_OF_SCRIPTS)}
