"""Breached passwords: a filter of what attackers try first, whole-string and folded (PW-03).

Of the ten million passwords (public domain, by way of SecLists, MIT): see common.NOTICE.txt beside it, and
docs/derive_breached.py, which makes it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from jwt_auth_core.passwords.fuse_filter import FuseFilter
from jwt_auth_core.passwords.normalization import folded, squeezed

SHORTEST: Final = 8  # what no policy lets through is not in the filter


def breached(text: str) -> bool:
    """Tell whether ``text`` is known from a breach; of all others, one or two in a thousand pass for known.

    Case, width, spaces, dots and hyphens do not hide one.
    """
    spellings = {folded(text), squeezed(text)}
    return any(len(one) >= SHORTEST and one in _known() for one in spellings)


@cache
def _known() -> FuseFilter:
    return FuseFilter(files("jwt_auth_core.passwords").joinpath("breached.filter").read_bytes())
