"""Seen: which texts were there before, in sixteen bytes each; a set of them would take a hundred."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

_FEWEST: Final = 1024


class Seen:
    """A set that only grows, of digests with 64 bits: two texts are taken for one once in ten million files.

    A class because it holds the table: at most half of its places are taken, and a digest stands in the first
    free one from its own on.
    """

    def __init__(self) -> None:
        self._places = array("Q", bytes(8 * _FEWEST))
        self._count = 0

    def add(self, text: str) -> bool:
        """Tell whether a text is new, and keep it."""
        number = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1
        if 2 * self._count >= len(self._places):
            self._grow()
        place = self._place(number)
        if self._places[place] == number:
            return False
        self._places[place] = number
        self._count += 1
        return True

    def _place(self, number: int) -> int:
        size, places = len(self._places), self._places
        place = number % size
        while places[place] not in {0, number}:
            place = (place + 1) % size
        return place

    def _grow(self) -> None:
        numbers = self._places
        self._places = array("Q", bytes(16 * len(numbers)))
        for number in filter(None, numbers):
            self._places[self._place(number)] = number
