"""Feed and ledger: how revocations reach the other processes, and where they are kept for good.

The feed is fast and may forget; the ledger is the database and does not. A reader follows the
feed and asks the ledger at its start, after every doubt, and now and then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocation import Recorded, Revocation

Position = object
"""A place in a feed; only the feed that made it can read it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came after a position, in order, and the position behind it."""

    revocations: Sequence[Revocation]
    position: Position


class Feed(Protocol):
    """Carries revocations to every process that follows.

    Every method raises StoreUnavailableError when the feed does not answer; all may be repeated.
    """

    def publish(self, recorded: Recorded) -> None:
        """Hand a revocation to every reader. It is also in the ledger when this returns."""
        ...

    def begin(self) -> Position:
        """Return the position behind all that was published so far."""
        ...

    def read(self, after: Position) -> Batch | None:
        """Return what came after a position, at once, be it nothing.

        None means that something may have been missed (the feed was emptied, restored or cut):
        begin anew, and ask the ledger.
        """
        ...

    def wait(self, after: Position, ended: threading.Event) -> None:
        """Return when something may have come after a position, or after half a second without.

        Also returns when the reader has ``ended``, for a shutdown waits for it: at once, through Redis within
        that half a second.
        """
        ...


class Ledger(Protocol):
    """The database's own record of revocations, whatever became of the feed."""

    def keep(self, recorded: Recorded) -> None:
        """Record a revocation, in the caller's transaction if there is one.

        Raises StoreUnavailableError when the database does not answer.
        """
        ...

    def since(self, at: int) -> Iterator[Sequence[Recorded]]:
        """Yield all that was recorded at that time (seconds since the epoch) or later, in pages.

        Includes what a process recorded that died before it could publish (F-18).
        """
        ...

    def lately(self, at: int) -> Iterator[Recorded]:
        """Yield who was cut off at that time or later, the last that were kept, and the last ended sessions.

        Bounded: ten thousand, a hundred, and of the sessions that ended at that time or later a thousand.

        A quick look, at what a process may have recorded that died before it could publish (F-18).
        """
        ...
