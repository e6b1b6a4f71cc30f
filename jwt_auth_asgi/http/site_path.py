"""A path of this site: what may stand in ``next``, so that nobody is led to another site from here."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

LONGEST: Final = 2_000
"""Characters of a way back; a longer one is none."""

_SAFE: Final = "/:@!$&'()*+,;=~-._%?#[]"
_OUTWARD: Final = ("/", "\\")


def path_of_ours(text: str) -> str | None:
    """Return a text as a path of this site, percent-encoded (RFC 3986); None when it is anything else.

    A browser takes two slashes for another host, a backslash for a slash, and leaves tabs and line ends
    out before it looks (WHATWG URL 4.4): so none of these is let through.
    """
    if len(text) > LONGEST or text[:1] != "/" or text[1:2] in _OUTWARD or not all(map(_is_visible, text)):
        return None
    try:
        return quote(text, safe=_SAFE)
    except UnicodeEncodeError:  # a lone surrogate is no character
        return None


def _is_visible(character: str) -> bool:
    return character >= "\x20" and character != "\x7f" and not "\x80" <= character <= "\x9f"
