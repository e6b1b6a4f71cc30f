"""A Redis cluster that is asked for its map at the first call: the driver's own asks while it is made.

Loaded by ``database/redis.py``, which says what is missing where the driver is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, cast

from redis.cluster import RedisCluster

from jwt_auth_core.forks import renew_in_children

PAUSE_SECONDS: Final = 0.5
"""How long after a failure nobody asks again: each attempt may wait for every node."""


class LateCluster(RedisCluster):
    """The driver's client, which may be made while no node answers.

    A class because that has no such option: whatever its constructor would have set asks for the map first,
    one thread at a time, and raises what the driver raises where none answers.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic, **options: Any) -> None:
        self._late_options = options
        self._late_monotonic = monotonic
        self._late_failure: tuple[Exception, float] | None = None
        self._late_is_made = False
        self.after_fork()
        renew_in_children(self)

    def __getattr__(self, name: str) -> Any:
        """Return what the driver's constructor sets; called for nothing that is set already."""
        if name.startswith("__") or self.__dict__.get("_late_is_made", True):
            raise AttributeError(name)
        with self._late_lock:
            if self._late_is_making:  # by this thread: the driver looks for what it has not set yet
                raise AttributeError(name)
            if not self._late_is_made:
                self._make()
        return getattr(self, name)

    def close(self) -> None:
        """Give every connection back, where there are any."""
        if self.__dict__.get("_late_is_made", False):
            super().close()

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._late_lock = threading.RLock()
        self._late_is_making = False

    def _make(self) -> None:
        now = self._late_monotonic()
        if self._late_failure is not None and now < self._late_failure[1]:
            raise self._late_failure[0].with_traceback(None)
        self._late_is_making = True
        try:
            cast("Any", super()).__init__(**self._late_options)
        except Exception as error:
            self._late_failure = error, self._late_monotonic() + PAUSE_SECONDS
            raise
        finally:
            self._late_is_making = False
        self._late_is_made, self._late_failure = True, None
