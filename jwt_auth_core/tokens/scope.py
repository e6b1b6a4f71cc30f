"""Scopes and roles on the wire: words of RFC 6749 section 3.3, and sets in Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_TOKEN: Final = r"[\x21\x23-\x5b\x5d-\x7e]+"  # printable ASCII but space, quotation mark, backslash
_LIST: Final = re.compile(f"{_TOKEN}(?: {_TOKEN})*")
_OF_TEXTS: Final = "scopes is a collection of texts, and of nothing else"
_BETWEEN: Final = '","'
_REMEMBERED: Final = 512  # applications have few combinations of scopes, and many tokens


@lru_cache(maxsize=_REMEMBERED)
def parse_scopes(text: str) -> frozenset[str]:
    """Return the scopes that *text* lists.

    Raises:
        ValueError: no scope, a foreign character, or another separator than one space.
    """
    if not _LIST.fullmatch(text):
        raise ValueError("scopes are printable ASCII words between single spaces")
    return frozenset(text.split(" "))


def render_scopes(scopes: Iterable[str]) -> str:
    """Return *scopes* in alphabetical order between spaces; empty for none.

    Raises:
        TypeError: one text instead of several, or something else than texts.
        ValueError: a scope that is empty or has a foreign character, such as a space.
    """
    if type(scopes) is frozenset:  # as it is where tokens are issued
        return _rendered(scopes)  # pyright: ignore[reportUnknownArgumentType] - of what, it finds out
    if isinstance(scopes, str):
        raise TypeError("scopes is a collection of texts, not one text")
    try:
        found = frozenset(scopes or ())
    except TypeError:  # not iterable, or of what has no hash
        raise TypeError(_OF_TEXTS) from None
    return _rendered(found) if found else ""


def render_roles(roles: Iterable[str]) -> str:
    """Return *roles* in alphabetical order as JSON has them in a list; they are words as scopes are.

    Raises:
        TypeError, ValueError: see `render_scopes`.
    """
    words = render_scopes(roles)
    return f'"{words.replace(" ", _BETWEEN)}"' if words else ""


@lru_cache(maxsize=_REMEMBERED)
def _rendered(scopes: frozenset[str]) -> str:
    try:
        text = " ".join(sorted(scopes))
    except TypeError:
        raise TypeError(_OF_TEXTS) from None
    if scopes and parse_scopes(text) != scopes:
        raise ValueError("a scope contains a space")
    return text
