"""Reader: the one thread of a process that follows, when it is first needed, and after a fork anew."""

from __future__ import annotations

import time
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.follower import LONGEST_PAUSE_SECONDS, Follower, Sources

STORE: Final = "revocation feed"
FIRST_SECONDS: Final = 2.0
GOODBYE_SECONDS: Final = 2.0


class Reader:
    """Has a follower take its turns in the background; each process has a follower of its own."""

    follower: Follower
    _repeating: Repeating

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._renew()

    def start(self) -> None:
        """Start the thread, unless it runs or was ended.

        Raises:
            StoreUnavailableError: the system gives no thread.
        """
        if not self._repeating.start():
            raise StoreUnavailableError(STORE, "has no thread to be read by")

    def await_first(self) -> None:
        """Start, and wait until the memory is complete, but not long: the policy decides what then."""
        self.start()
        if not self._repeating.is_closed:
            self.follower.ready.wait(FIRST_SECONDS)

    def silence_seconds(self) -> float:
        """Return for how long the memory may have been incomplete; infinite before the first look."""
        return time.monotonic() - self.follower.complete_at

    def close(self) -> None:
        """End the thread; what is in memory stays."""
        self._repeating.close(wait_seconds=GOODBYE_SECONDS)

    def after_fork(self) -> None:
        """Begin anew in a child: threads are not inherited, and locks may be held by nobody."""
        self._sources.revoked.renew_lock()
        self._sources.publisher.renew_lock()
        self._repeating.after_fork()
        if not self._repeating.is_closed:
            self._renew()

    def _renew(self) -> None:
        self.follower = Follower(self._sources)
        self._repeating = Repeating(
            self.follower.step,
            seconds=LONGEST_PAUSE_SECONDS,
            name="jwt-auth-revocations",
            ended=self.follower.stop,
        )
