"""Watch: a daemon thread that takes one step again and again, and is gone with whom it serves."""

from __future__ import annotations

import contextlib
import threading
import weakref
from typing import Protocol

from jwt_auth_core.forks import renew_in_children


class Watcher(Protocol):
    """Whom a watch serves. Both methods see to their failures themselves."""

    def step(self) -> None:
        """Look, and do what is to be done; in the thread of the watch."""
        ...

    def after_fork(self) -> None:
        """Begin anew in a child, where no thread runs yet."""
        ...


class Watch:
    """Has *watcher* step every so many seconds, and at once when it is nudged.

    A class because of the thread: `start` starts it, in a forked child again; it ends by `close`, or
    with the watcher, of which nothing here keeps hold.
    """

    def __init__(self, watcher: Watcher, *, seconds: float, name: str) -> None:
        self._watcher = weakref.ref(watcher)
        self._seconds = seconds
        self._name = name
        self._is_over = False
        self._is_running = False
        self._lock = threading.Lock()
        self._nudged = threading.Event()
        self._over = threading.Event()
        renew_in_children(self)

    def start(self) -> None:
        """Have the thread run; cheap when it does, and tried again next time where the system gives none."""
        if self._is_running or self._is_over:
            return
        with self._lock, contextlib.suppress(RuntimeError):
            if not self._is_running:
                repeat = _Repeat(self._watcher, self._nudged, self._over, self._seconds)
                threading.Thread(target=repeat, name=self._name, daemon=True).start()
                self._is_running = True

    def nudge(self) -> None:
        """Have the next step taken now."""
        self._nudged.set()

    def close(self) -> None:
        """End the thread, and start none again."""
        self._is_over = True
        self._over.set()
        self._nudged.set()

    def after_fork(self) -> None:
        """Begin anew in a child, which inherits memory but no threads."""
        # New locks, too: another thread of the parent may have held the old ones.
        self._is_running = False
        self._lock, self._nudged = threading.Lock(), threading.Event()
        watcher = self._watcher()
        if watcher is not None:
            watcher.after_fork()


class _Repeat:
    """What the thread runs: it holds neither the watch nor, while it waits, the watcher."""

    def __init__(
        self,
        watcher: weakref.ref[Watcher],
        nudged: threading.Event,
        over: threading.Event,
        seconds: float,
    ) -> None:
        self._watcher = watcher
        self._nudged = nudged
        self._over = over
        self._seconds = seconds

    def __call__(self) -> None:
        while self._steps():
            self._nudged.wait(self._seconds)
            self._nudged.clear()

    def _steps(self) -> bool:
        watcher = self._watcher()
        if watcher is None or self._over.is_set():
            return False
        watcher.step()
        return True
