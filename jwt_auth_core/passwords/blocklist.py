"""Common passwords: the shipped list, whole-string and folded, and plain repetitions (PW-03).

The list joins Django's (BSD-3-Clause), zxcvbn's (MIT) and the long entries of the ten million
passwords (public domain, by way of SecLists, MIT): see common.NOTICE.txt beside it, and
docs/derive_blocklist.py, which makes it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from jwt_auth_core.passwords.normalization import folded, squeezed

_SHORTEST_SQUEEZED: Final = 8  # "----1234----" is not "1234"
_LONGEST_UNIT: Final = 64
_TRIVIAL_UNIT: Final = 3


def common(text: str) -> bool:
    """Tell whether ``text`` is a listed password, or nothing but a repetition.

    A repetition is one unit again and again, the last time perhaps cut short: "passwordpassword",
    "123412341". Its unit is listed, or at most 3 characters long. Case, width, spaces, dots and
    hyphens do not hide either.
    """
    tight = squeezed(text)
    return _listed_or_repeated(folded(text)) or (
        len(tight) >= _SHORTEST_SQUEEZED and _listed_or_repeated(tight)
    )


def _listed_or_repeated(text: str) -> bool:
    return _listed(text) or any(_listed(unit) or len(unit) <= _TRIVIAL_UNIT for unit in _units(text))


def _units(text: str) -> Iterator[str]:
    """Yield everything that the text repeats: of "wasdwasdwasdwasd" both "wasd" and "wasdwasd"."""
    longest = min(len(text) // 2, _LONGEST_UNIT)
    return (text[:size] for size in range(1, longest + 1) if text[size:] == text[:-size])


def _listed(word: str) -> bool:
    # A search of 0.1 ms through one flat text: a set of 46,000 strings would cost ten times its memory.
    return "\n" not in word and f"\n{word}\n".encode() in _lines()


@cache
def _lines() -> bytes:
    return gzip.decompress(files("jwt_auth_core.passwords").joinpath("common.txt.gz").read_bytes())
