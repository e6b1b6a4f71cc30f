"""A feed and ledger in this process's memory: for tests, and for several `Auth` in one process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.revocations.feed import Batch, Position
from jwt_auth_core.revocations.revocation import Recorded

POLL_SECONDS: Final = 0.02


class MemoryFeed:
    """A `Feed` and a `Ledger` that forget with the process.

    Bounded: what is older than ``keep_seconds`` goes when something newer comes.
    """

    def __init__(self, *, keep_seconds: int) -> None:
        self._keep_seconds = keep_seconds
        self._entries: deque[Recorded] = deque()
        self._forgotten = 0
        self.after_fork()
        renew_in_children(self)

    def publish(self, recorded: Recorded) -> None:
        """See `Feed.publish`."""
        with self._lock:
            self._entries.append(recorded)
            while self._entries[0].at + self._keep_seconds <= recorded.at:
                self._entries.popleft()
                self._forgotten += 1

    def begin(self) -> Position:
        """See `Feed.begin`."""
        with self._lock:
            return self._end

    def read(self, after: Position) -> Batch | None:
        """See `Feed.read`."""
        with self._lock:
            if not isinstance(after, int) or not self._forgotten <= after <= self._end:
                return None
            found = list(self._entries)[after - self._forgotten :]
            return Batch([one.revocation for one in found], self._end)

    def wait(self, after: Position, ended: threading.Event) -> None:  # noqa: ARG002 - it looks again soon
        """See `Feed.wait`."""
        ended.wait(POLL_SECONDS)

    keep = publish  # it is both, and what is published is kept

    def since(self, at: int) -> Iterator[Sequence[Recorded]]:
        """See `Ledger.since`."""
        with self._lock:
            found = [one for one in self._entries if one.at >= at]
        yield found

    def lately(self, at: int) -> Iterator[Recorded]:  # noqa: ARG002 - whoever died took it along
        """See `Ledger.lately`."""
        yield from ()

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    @property
    def _end(self) -> int:
        return self._forgotten + len(self._entries)
