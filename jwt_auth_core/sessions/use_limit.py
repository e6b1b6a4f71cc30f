"""How often the tokens of one session may be presented: counted in the session's own record.

So the limit is one step with the rotation, whichever store it is: nothing more is asked, locked or kept.
By which rule is said from outside; this room knows none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from jwt_auth_core.records import dataclass

MICROSECONDS: Final = 1_000_000
"""In a second; the time that limits are counted in."""

Counts = Mapping[str, int]
"""What a record keeps of each rate, by the rate's name: when all of it is there again, in microseconds."""


class UseLimit(Protocol):
    """A rule by which the tokens of a session are counted; ``rotate.lua`` is its translation for Redis."""

    def counted(self, counts: Counts, at: int) -> Counts | None:
        """Return what is to be kept when one more comes ``at`` a time; None when that is one too many."""
        ...

    def words(self) -> tuple[str | int, ...]:
        """Return what a script has to know: of each rate its name, its interval and its count."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """What a refusal by the limit was told by: what the record keeps, and the time that it was."""

    counts: Counts
    at: int
