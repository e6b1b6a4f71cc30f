"""Reader: starts the one thread of a process that follows, when it is first needed, and after a fork anew."""

from __future__ import annotations

import threading
import time
import weakref
from typing import Final

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.follower import Follower, Sources

STORE: Final = "revocation feed"
FIRST_SECONDS: Final = 2.0
GOODBYE_SECONDS: Final = 2.0


class Reader:
    """Owns the thread. The thread does not know its owner, so that a forgotten one ends by itself."""

    _lock: threading.Lock
    _follower: Follower
    _thread: threading.Thread | None
    _forgotten: weakref.finalize[[], Reader] | None

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._is_closed = False
        self._renew()

    def start(self) -> None:
        """Start the thread, unless it runs.

        Raises:
            StoreUnavailableError: the system gives no thread.
        """
        with self._lock:
            if self._thread is not None or self._is_closed:
                return
            thread = threading.Thread(target=self._follower.run, name="jwt-auth-revocations", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                raise StoreUnavailableError(STORE, "has no thread to be read by") from error
            self._thread = thread
            self._forgotten = weakref.finalize(self, self._follower.stop.set)

    def await_first(self) -> None:
        """Start, and wait until the memory is complete, but not long: the policy decides what then."""
        self.start()
        if not self._is_closed:
            self._follower.ready.wait(FIRST_SECONDS)

    def silence_seconds(self) -> float:
        """Return for how long the memory may have been incomplete; infinite before the first look."""
        return time.monotonic() - self._follower.complete_at

    def close(self) -> None:
        """End the thread; what is in memory stays."""
        with self._lock:
            self._is_closed = True
            self._follower.stop.set()
            if self._thread is not None and self._thread is not threading.current_thread():
                self._thread.join(GOODBYE_SECONDS)

    def after_fork(self) -> None:
        """Begin anew in a child: threads are not inherited, and locks may be held by nobody."""
        if self._forgotten is not None:
            self._forgotten.detach()
        self._sources.revoked.renew_lock()
        self._sources.announcer.renew_lock()
        self._renew()

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._follower = Follower(self._sources)
        self._thread = None
        self._forgotten = None
