"""One-time codes in this process's memory: for tests, and for applications of one process."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.one_time.code import Redeemed
from jwt_auth_core.vocabulary import Clock


class MemoryCodes:
    """A `CodeStore` that forgets with the process; what is too old goes when something new comes."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[int, str]] = {}
        self.after_fork()
        renew_in_children(self)

    def keep(self, digest: str, text: str, *, seconds: int) -> None:
        """See `CodeStore.keep`."""
        now = self._clock()
        with self._lock:
            for old in [one for one, (until, _) in self._kept.items() if until <= now]:
                del self._kept[old]
            self._kept[digest] = (now + seconds, text)

    def redeem(self, digests: Sequence[str]) -> list[Redeemed]:
        """See `CodeStore.redeem`."""
        now = self._clock()
        with self._lock:
            taken = [self._kept.pop(digest, (0, "")) for digest in digests]
        return [text if until > now else None for until, text in taken]

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()
