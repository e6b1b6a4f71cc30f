"""Places: how many may wait or be served at once, counted over threads and event loops."""

from __future__ import annotations

import threading

from jwt_auth_core.errors import OverloadedError


class Places:
    """As many places as there is room for; a class because everybody counts together."""

    __slots__ = ("_count", "_lock", "_taken")

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def are_taken(self) -> bool:
        """Tell whether there is none left."""
        return self._taken >= self._count

    def take(self) -> Place:
        """Return a place of one's own.

        Raises:
            OverloadedError: there is none left.
        """
        with self._lock:
            if self.are_taken:
                raise OverloadedError
            self._taken += 1
        return Place(self)

    def free(self, place: Place) -> None:
        """Count a place as free, unless it was given back before."""
        with self._lock:
            self._taken -= place.is_taken
            place.is_taken = False


class Place:
    """One place, given back once by whoever is first: its waiter, or the thread that has served it."""

    __slots__ = ("_places", "is_taken")

    def __init__(self, places: Places) -> None:
        self._places = places
        self.is_taken = True

    def give_back(self) -> None:
        """Let somebody else have it; harmless when it was given back."""
        self._places.free(self)
