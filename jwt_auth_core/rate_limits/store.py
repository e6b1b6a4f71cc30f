"""What a store of limits promises; its implementations are memory, SQL and Redis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict


class RateLimitStore(Protocol):
    """Keeps buckets, and judges all takes of a request in one atomic step.

    Time is the store's own, which all processes share, unless ``now`` says the microseconds; tests do.
    """

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """Take all of it, or nothing where any rate refuses; a verdict a rate, in the order of the takes.

        Where a wait is known from before, there may be its verdict alone.

        Raises:
            UnavailableError: the store does not answer; nobody knows whether anything was taken.
        """
        ...

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """Give back what was taken for something that turned out to be no offence; raises as `take`."""
        ...

    def forget(self, takes: Sequence[Take]) -> None:
        """Make the buckets of the takes full again; raises as `take`."""
        ...

    def close(self) -> None:
        """End what goes on in the background."""
        ...
