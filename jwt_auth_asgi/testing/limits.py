"""Limits by the clock of a test: what is spent comes back when that is shifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict
from jwt_auth_core.rate_limits.store import RateLimitStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock

_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ClockedLimits:
    """A `RateLimitStore` whose time is that of a clock."""

    store: RateLimitStore
    clock: Clock

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`."""
        return self.store.take(takes, now=self._at(now))

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        self.store.give_back(taken, now=self._at(now))

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        self.store.forget(takes)

    def close(self) -> None:
        """See `RateLimitStore.close`."""
        self.store.close()

    def _at(self, now: int | None) -> int:
        return self.clock() * _MICROSECONDS if now is None else now
