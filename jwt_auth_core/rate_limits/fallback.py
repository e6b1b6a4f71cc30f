"""Fallback: while the store of all is down, each process counts for itself; nothing is unlimited (RL-6)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.rate_limits.memory import MemoryLimits
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict
from jwt_auth_core.rate_limits.store import RateLimitStore

ASK_AGAIN_SECONDS: Final = 1.0
"""How often a store that is down is asked, by one caller: nobody else waits for its silence."""

_LOGGER: Final = logging.getLogger("jwt_auth.rate_limits")


class FallbackLimits:
    """A `RateLimitStore` on another one, with the memory of this process for when that does not answer.

    A class because it remembers since when the store is down. Then each process has the whole of every rate.
    """

    def __init__(
        self,
        store: RateLimitStore,
        *,
        local: MemoryLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._local = local or MemoryLimits()
        self._monotonic = monotonic
        self._down_since: float | None = None
        self._ask_at = 0.0

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`; never raises."""
        if not any(take.rule.rates for take in takes):
            return []
        if self._asks():
            try:
                verdicts = self._store.take(takes, now=now)
            except AuthError as error:
                self._failed(error)
            else:
                self._answered()
                return verdicts
        verdicts = self._local.take(takes, now=now)
        for verdict in verdicts:
            if verdict.taken is not None:
                verdict.taken.is_local = True
        return verdicts

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`; what the store does not take back is lost, which limits more."""
        self._local.give_back([one for one in taken if one.is_local], now=now)
        shared = [one for one in taken if not one.is_local]
        if shared and self._asks():
            try:
                self._store.give_back(shared, now=now)
            except AuthError as error:
                self._failed(error)
            else:
                self._answered()

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`; raises, since whoever asks wants to know."""
        self._local.forget(takes)
        self._store.forget(takes)

    @property
    def is_in_memory(self) -> bool:
        """Tell whether the store of all is this process's memory, which nobody waits for."""
        return isinstance(self._store, MemoryLimits)

    def close(self) -> None:
        """See `RateLimitStore.close`."""
        self._store.close()

    def health(self) -> dict[str, object]:
        """Return whether the store answers, and for how many seconds each process has counted for itself."""
        since = self._down_since
        down = None if since is None else int(self._monotonic() - since)
        return {"shared": since is None, "down_seconds": down}

    def _asks(self) -> bool:
        if self._down_since is None:
            return True
        now = self._monotonic()
        if now < self._ask_at:
            return False
        self._ask_at = now + ASK_AGAIN_SECONDS
        return True

    def _failed(self, error: AuthError) -> None:
        now = self._monotonic()
        self._ask_at = now + ASK_AGAIN_SECONDS
        if self._down_since is None:
            self._down_since = now
            _LOGGER.error("limits count in this process alone until their store answers: %s", error)

    def _answered(self) -> None:
        if self._down_since is not None:
            self._down_since = None
            _LOGGER.warning("the store of the limits answers again")
