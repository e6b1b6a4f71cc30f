"""One row of an answer: read by the names of its columns or by their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Row(dict[Any, Any]):
    """A dict from column to value that can be used like a tuple of its values, too.

    A class because both are wanted at once: ``row["email"]``, ``row[0]`` and
    ``email, first = row``. Walking through it gives the values, as a driver's row does;
    ``keys()``, ``items()``, ``in`` and ``**row`` are the dict's.
    """

    __slots__ = ()
    __hash__ = None

    def __getitem__(self, key: Any) -> Any:
        """Return the value of a column by its name, its place, or the values of a slice."""
        return super().__getitem__(key) if isinstance(key, str) else tuple(self.values())[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values())

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self.values())

    def __eq__(self, other: object) -> bool:
        return tuple(self) == other if isinstance(other, tuple) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other
