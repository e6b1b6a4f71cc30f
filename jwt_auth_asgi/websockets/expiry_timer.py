"""The expiry timer: when the connections of one event loop end, to the second, with one timer for all.

A token expires by the wall clock, which may be set, while a loop's timers follow another one that
is not: so the timer looks at the clock every second, and a clock that is set back gives nobody time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Final

from jwt_auth_asgi.websockets.connection import Connection

STEP_SECONDS: Final = 2.0
"""From which difference on the clock was set back; smaller ones are whole seconds and corrections."""


class ExpiryTimer:
    """Connections by the second at which they end; a class because it keeps a timer while there are any.

    ``on_tick`` is called after each second. ``clock`` tells the time by which tokens are verified, in
    seconds since the epoch.
    """

    __slots__ = ("_ahead", "_by_second", "_clock", "_loop", "_on_tick", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float], on_tick: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._on_tick = on_tick
        self._by_second: dict[int, set[Connection]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._ahead = 0.0

    def __len__(self) -> int:
        return sum(map(len, self._by_second.values()))

    def __iter__(self) -> Iterator[Connection]:
        return (one for connections in list(self._by_second.values()) for one in list(connections))

    def put(self, connection: Connection) -> None:
        """Book a connection at its ``ends_at``."""
        self._by_second.setdefault(connection.ends_at, set()).add(connection)
        if self._timer is None:
            self._ahead = self._clock() - time.monotonic()
            self._set()

    def drop(self, connection: Connection) -> None:
        """Forget a connection, if it is booked at its ``ends_at``."""
        booked = self._by_second.get(connection.ends_at)
        if booked is not None:
            booked.discard(connection)
            if not booked:
                del self._by_second[connection.ends_at]
        if not self._by_second and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def due(self) -> list[Connection]:
        """Return the connections whose time is over; they stay booked."""
        now = self._clock()
        self._notice_step(now - time.monotonic())
        return [
            one for second in list(self._by_second) if second <= now for one in list(self._by_second[second])
        ]

    def _notice_step(self, ahead: float) -> None:
        step = self._ahead - ahead
        self._ahead = ahead
        if step < STEP_SECONDS:
            return
        for one in list(self):
            self.drop(one)
            one.ends_at -= int(step)
            self.put(one)

    def _set(self) -> None:
        # Tokens expire at whole seconds: to look a millisecond after each is to look in time.
        self._timer = self._loop.call_later(1.001 - time.time() % 1.0, self._tick)

    def _tick(self) -> None:
        self._set()
        self._on_tick()
