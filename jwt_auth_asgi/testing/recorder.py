"""What a test hears of events: a list that fills while it runs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from weakref import WeakKeyDictionary

from jwt_auth_core.auth import Auth
from jwt_auth_core.events import Event, Subscribers


class _Recorder:
    """Subscribes once to an Auth that several tests share; a class because they come and go."""

    def __init__(self) -> None:
        self.lists: list[list[Event]] = []

    def __call__(self, event: Event) -> None:
        for heard in self.lists:
            heard.append(event)


_RECORDERS: Final[WeakKeyDictionary[Subscribers, _Recorder]] = WeakKeyDictionary()


@contextmanager
def recorded(auth: Auth) -> Generator[list[Event]]:
    """Hand over a list of all events of an Auth, from now on until the block ends.

    Raises:
        TypeError: *auth* has no events: it is an AccessTokens, perhaps.
    """
    if not isinstance(getattr(auth, "subscribers", None), Subscribers):
        msg = f"events are those of an Auth, not of an {type(auth).__name__}"
        raise TypeError(msg)
    recorder = _RECORDERS.get(auth.subscribers)
    if recorder is None:
        recorder = _RECORDERS[auth.subscribers] = _Recorder()
        auth.on(Event)(recorder)
    heard: list[Event] = []
    recorder.lists.append(heard)
    try:
        yield heard
    finally:
        recorder.lists = [one for one in recorder.lists if one is not heard]
