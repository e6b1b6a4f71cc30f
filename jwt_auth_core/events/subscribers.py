"""Subscribers: whoever wants to hear of events, each in the thread where they happen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from jwt_auth_core.events.event import Event
from jwt_auth_core.forks import renew_in_children

Subscriber = Callable[[Any], object]
"""Takes an event; what it returns is ignored, what it raises is logged."""

F = TypeVar("F", bound=Subscriber)

_LOGGER: Final = logging.getLogger("jwt_auth.events")


class Subscribers:
    """Who is told of what; a class because it is added to while other threads read it.

    Subscribers are called one after the other, in the order in which they came, before the answer goes
    out: whoever is told waits for none, and whoever asked waits for all.
    """

    _lock: threading.Lock

    def __init__(self) -> None:
        self._pairs: tuple[tuple[tuple[type[Event], ...], Subscriber], ...] = ()
        self._found: dict[type[Event], tuple[Subscriber, ...]] = {}
        self._watchers: tuple[Subscriber, ...] = ()
        self.after_fork()
        renew_in_children(self)

    def on(self, *kinds: type[Event]) -> Callable[[F], F]:
        """Return a decorator that subscribes a function to events of these types, `Event` for all.

        Raises:
            TypeError: no type of event is named, or the function must be awaited.
        """
        if not kinds or not all(map(_is_kind, kinds)):
            msg = "name the events: @auth.on(PasswordChanged), or @auth.on(Event) for all"
            raise TypeError(msg)

        def subscribe(subscriber: F) -> F:
            self._add(kinds, subscriber)
            return subscriber

        return subscribe

    def watch(self, watcher: Subscriber) -> None:
        """Have somebody told of every event that is made anyway, for whom none is made; may be repeated."""
        with self._lock:
            if watcher not in self._watchers:
                self._watchers = (*self._watchers, watcher)

    def wants(self, kind: type[Event]) -> bool:
        """Tell whether anybody subscribed to these: what is for subscribers only need not be made."""
        return bool(self._of(kind))

    def __call__(self, event: Event) -> None:
        """Tell everybody who subscribed to it; never raises."""
        for subscriber in (*self._of(type(event)), *self._watchers):
            try:
                subscriber(event)
            except Exception:
                _LOGGER.exception("a subscriber to %s failed", event.name)

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _add(self, kinds: tuple[type[Event], ...], subscriber: Subscriber) -> None:
        from inspect import iscoroutinefunction  # noqa: PLC0415 - takes longer to load than all the rest

        if iscoroutinefunction(subscriber) or iscoroutinefunction(getattr(subscriber, "__call__", None)):  # noqa: B004
            msg = "a subscriber is called in a worker thread and cannot be awaited; let it schedule its work"
            raise TypeError(msg)
        with self._lock:
            self._pairs = (*self._pairs, (kinds, subscriber))
            self._found = {}

    def _of(self, kind: type[Event]) -> tuple[Subscriber, ...]:
        found, pairs = self._found, self._pairs
        if kind not in found:
            # Kept in the dictionary that was there before the pairs were read: `_add` replaces it after.
            found[kind] = tuple(subscriber for kinds, subscriber in pairs if issubclass(kind, kinds))
        return found[kind]


def _is_kind(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Event)
