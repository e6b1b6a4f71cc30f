"""A binary fuse filter: a set in eleven or twelve bits an entry; one stranger in 1,024 passes for a member.

After Graf and Lemire, "Binary Fuse Filters" (2022). An entry names three slots by its hash, whose XOR is its
fingerprint. docs/derive_breached.py makes the file, of any list. What is in it cannot be read out of it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from jwt_auth_core.records import dataclass

BITS: Final = 10  # of a fingerprint
MAGIC: Final = b"fuse10\n"
SEED_BYTES: Final = 8

_HEAD: Final = len(MAGIC) + SEED_BYTES + 1 + 4
_FINGERPRINT: Final = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Where entries belong: ``segments + 2`` segments of ``1 << segment_bits`` slots, by a seeded hash."""

    seed: bytes
    segment_bits: int
    segments: int

    @property
    def slots(self) -> int:
        """Return how many slots there are."""
        return (self.segments + 2) << self.segment_bits

    @property
    def size(self) -> int:
        """Return how many bytes the file has."""
        return _HEAD + (self.slots * BITS + 7) // 8 + 1  # the last slot is read in two bytes, too

    def head(self) -> bytes:
        """Return how the file begins."""
        return MAGIC + self.seed + bytes([self.segment_bits]) + self.segments.to_bytes(4, "little")

    def places(self, entry: str) -> tuple[int, int, int, int]:
        """Return an entry's three slots, in neighbouring segments, and its fingerprint."""
        digest = hashlib.sha256(self.seed + entry.encode()).digest()
        inner = (1 << self.segment_bits) - 1
        first = int.from_bytes(digest[:8], "little") * (self.segments << self.segment_bits) >> 64
        second = (first + inner + 1) ^ (int.from_bytes(digest[8:12], "little") & inner)
        third = (first + 2 * (inner + 1)) ^ (int.from_bytes(digest[12:16], "little") & inner)
        return first, second, third, int.from_bytes(digest[16:18], "little") & _FINGERPRINT


class FuseFilter:
    """A file in memory, of which ``in`` asks; a class because it is a set.

    Raises:
        ValueError: the file is no filter, or a part of one.
    """

    __slots__ = ("_data", "_shape")

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < _HEAD:
            raise ValueError("this is no filter")
        seed, rest = data[len(MAGIC) : _HEAD - 5], data[_HEAD - 5 : _HEAD]
        self._shape = Shape(seed, rest[0], int.from_bytes(rest[1:], "little"))
        if len(data) != self._shape.size:
            raise ValueError("this is a part of a filter, or more than one")
        self._data = data

    def __contains__(self, entry: str) -> bool:
        """Tell whether the entry is a member, or one of the strangers that pass for one."""
        first, second, third, fingerprint = self._shape.places(entry)
        return self._slot(first) ^ self._slot(second) ^ self._slot(third) == fingerprint

    def _slot(self, number: int) -> int:
        byte, bit = divmod(number * BITS, 8)
        start = _HEAD + byte
        return int.from_bytes(self._data[start : start + 2], "little") >> bit & _FINGERPRINT
