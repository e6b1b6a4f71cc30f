"""Background: a daemon thread that takes one step again and again.

One design for all who need it: the thread starts once, ends at once, begins anew in a forked child, and is
gone with the object whose step it takes.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from typing import Final

from jwt_auth_core.forks import renew_in_children

Step = Callable[[], float | None]
"""A method that does what is due. It may return in how many seconds it is due again, None for as usual."""

_LOGGER: Final = logging.getLogger("jwt_auth.background")


class Repeating:
    """Takes a step every so many ``seconds``, and at once when it is nudged.

    `start` starts the thread, in a forked child again. The thread holds neither this object nor, between two
    steps, the owner of the method ``step``: it ends by `close`, or as soon as nobody else holds one of them.

    ``ended`` is set when it ends. A step that waits for something itself waits for that, too, and its owner
    hands it in. ``settle_seconds`` is how long after a nudge the step is taken.
    """

    _lock: threading.Lock
    _nudged: threading.Event
    _ended: threading.Event
    _thread: threading.Thread | None
    _forgotten: weakref.finalize[[threading.Event, threading.Event], Repeating] | None

    def __init__(
        self,
        step: Step,
        *,
        seconds: float,
        name: str,
        ended: threading.Event | None = None,
        settle_seconds: float = 0.0,
    ) -> None:
        self._step = weakref.WeakMethod(step)
        self._seconds = seconds
        self._settle_seconds = settle_seconds
        self._name = name
        self.is_closed = False
        self._renew(ended or threading.Event())
        renew_in_children(self)

    def start(self) -> bool:
        """Have the thread run, if it is not closed; cheap when it does.

        False means that the system gives no thread: try again.
        """
        if self._thread is not None or self.is_closed:
            return True
        with self._lock:
            if self._thread is None and not self.is_closed:
                self._thread = self._begun()
            return self._thread is not None or self.is_closed

    def nudge(self) -> None:
        """Have the next step taken now, once that has settled; during a step, another one right after it."""
        self._nudged.set()

    def close(self, *, wait_seconds: float = 0.0) -> None:
        """End the thread after its step, start none again, and wait at most so long until it is gone."""
        with self._lock:
            self.is_closed = True
            _end(self._ended, self._nudged)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait_seconds)

    def after_fork(self) -> None:
        """Begin anew in a child, where no thread runs yet and the parent's may have held a lock."""
        if self._forgotten is not None:
            self._forgotten.detach()
        self._renew(threading.Event())

    def _renew(self, ended: threading.Event) -> None:
        self._lock = threading.Lock()
        self._nudged = threading.Event()
        self._ended = ended
        self._thread = None
        self._forgotten = None

    def _begun(self) -> threading.Thread | None:
        pauses = self._seconds, self._settle_seconds
        loop = _Loop(self._step, pauses, self._name, self._nudged, self._ended)
        thread = threading.Thread(target=loop, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return None
        self._forgotten = weakref.finalize(self, _end, self._ended, self._nudged)
        return thread


class _Loop:
    """What the thread runs."""

    def __init__(
        self,
        step: weakref.WeakMethod[Step],
        pauses: tuple[float, float],
        name: str,
        nudged: threading.Event,
        ended: threading.Event,
    ) -> None:
        self._step = step
        self._seconds, self._settle_seconds = pauses
        self._name = name
        self._nudged = nudged
        self._ended = ended
        self._is_failing = False

    def __call__(self) -> None:
        while (pause := self._stepped()) is not None:
            if self._nudged.wait(pause) and self._settle_seconds:
                self._ended.wait(self._settle_seconds)
            self._nudged.clear()

    def _stepped(self) -> float | None:
        """Take a step; return the seconds until the next one, None when there is none to come."""
        step = self._step()
        if step is None or self._ended.is_set():
            return None
        pause = self._tried(step)
        return self._seconds if pause is None else pause

    def _tried(self, step: Step) -> float | None:
        try:
            pause = step()
        except Exception:
            # Steps see to their failures; one that did not is no reason never to be taken again.
            if not self._is_failing:
                _LOGGER.exception("%s failed, and is tried again", self._name)
            self._is_failing = True
            return None
        self._is_failing = False
        return pause


def _end(ended: threading.Event, nudged: threading.Event) -> None:
    ended.set()
    nudged.set()
