"""Courier: claims what is due, a few messages at a time, and has them delivered, one after the other.

What it has claimed and not told the end of is due again when the lease ends: whoever is killed loses
nothing, and what was delivered just before is delivered again, under the same id.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.outbox.message import (
    NEEDLESS,
    WAITS_SECONDS,
    Deliver,
    Failure,
    Message,
    Needless,
    wait_seconds,
)
from jwt_auth_core.outbox.sql import SqlOutbox

LEASE_SECONDS: Final = 30
LONGEST_SECONDS: Final = 12.0
"""A delivery takes no longer, so that none goes on when its lease has ended."""

BATCH: Final = 10
"""How many are claimed at once: a killed worker keeps so many waiting for the end of its lease."""

POLL_SECONDS: Final = 5.0
"""How often is looked for what other processes left; what this one adds is delivered at once."""

MOST_REMEMBERED: Final = 1_000
"""Of how many messages that found nobody is remembered when that was."""

CONTENDED_SECONDS: Final = 0.2
LONGEST_REST_SECONDS: Final = 300.0
FORGET_SECONDS: Final = 3600.0

_LOGGER: Final = logging.getLogger("jwt_auth.outbox")
_random: Final = secrets.SystemRandom().random


class _Way:
    """The way out of one kind of messages; a class because it is shut for a while when nobody answers."""

    def __init__(self, kind: str, deliver: Deliver) -> None:
        self.kind = kind
        self.deliver = deliver
        self.shut_until = -math.inf
        self._rest = 0.0
        self._outage = 0
        self._stopped_by = dict[str, int]()

    @property
    def most(self) -> int:
        """Return how many messages to try: one, as long as the last one found it shut."""
        return 1 if self._rest else BATCH

    def is_stopped_by(self, message: Message) -> bool:
        """Tell whether it is this message that nobody takes: one of before stopped at it, too."""
        return self._stopped_by.get(message.id, self._outage) != self._outage

    def shut(self, now: float, message: Message, failure: Failure) -> float:
        """Let nothing through for a while, the next time for twice as long; return for how many seconds."""
        if len(self._stopped_by) == MOST_REMEMBERED:
            self._stopped_by.clear()
        self._stopped_by[message.id] = self._outage
        self._rest = min(2 * self._rest or float(WAITS_SECONDS[0]), LONGEST_REST_SECONDS)
        asked = min(failure.retry_after_seconds or 0, LONGEST_REST_SECONDS)
        seconds = max(self._rest, asked)
        self.shut_until = now + seconds
        if self._rest == WAITS_SECONDS[0]:
            _LOGGER.warning("nobody takes %s messages: %s; they wait", self.kind, failure.error)
        return seconds

    def open(self) -> None:
        """Let everything through again."""
        if self._rest:
            _LOGGER.warning("%s messages are taken again", self.kind)
            self._outage += 1
        self._rest = 0.0


class Courier:
    """Delivers by kind; a class because it remembers which ways are shut, and what it did.

    ``stop`` ends its work after the message that is on its way. ``delivered``, ``failed`` and ``dead``
    count attempts of this process.
    """

    def __init__(
        self,
        store: SqlOutbox,
        senders: Mapping[str, Deliver],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = _random,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        self.stop = threading.Event()
        self.delivered = self.failed = self.dead = 0
        self._store = store
        self._ways = [_Way(kind, deliver) for kind, deliver in senders.items()]
        self._monotonic = monotonic
        self._random = random
        self._lease_seconds = lease_seconds
        self._forget_next = -math.inf
        self._is_complaining = False
        self._waiting: deque[Message] = deque()
        self._owner = ""

    def step(self) -> float:
        """Deliver what is due, and return in how many seconds to look again; no error of ours gets out."""
        try:
            pause = self.turn()
        except AuthError as error:
            if not self._is_complaining:
                _LOGGER.warning("the outbox waits: %s", error)
            self._is_complaining = True
            return POLL_SECONDS
        self._is_complaining = False
        return pause

    def turn(self) -> float:
        """Deliver until nothing is due, and return in how many seconds that may change.

        Raises:
            UnavailableError: the database does not answer; leases end by themselves.
        """
        self._forget()
        while not self.stop.is_set():
            due_in = {way: self._due_in(way) for way in self._ways}
            due = [way for way, seconds in due_in.items() if seconds <= 0]
            if not due:
                return min([POLL_SECONDS, *due_in.values()])
            if not sum(map(self._deliver_some, due)):
                return CONTENDED_SECONDS  # another worker was quicker, and may not be done
        return POLL_SECONDS

    def _due_in(self, way: _Way) -> float:
        """Return in how many seconds there may be something to deliver."""
        shut_for = way.shut_until - self._monotonic()
        if shut_for > 0:
            return shut_for
        seconds = self._store.due_in(way.kind)
        return POLL_SECONDS if seconds is None else float(seconds)

    def _deliver_some(self, way: _Way) -> int:
        """Claim a few messages, deliver what the lease has time for, and give back the others."""
        owner = f"{os.getpid()}@{socket.gethostname()}/{secrets.token_hex(4)}"
        last_start = self._monotonic() + self._lease_seconds - LONGEST_SECONDS
        claimed = self._store.claim(way.kind, owner=owner, lease_seconds=self._lease_seconds, most=way.most)
        self._waiting = waiting = deque(claimed)
        self._owner = owner
        while not self.stop.is_set() and way.shut_until <= self._monotonic() <= last_start:
            try:
                message = waiting.popleft()  # somebody else may let go of them
            except IndexError:
                break
            self._deliver(way, message, owner)
        self.let_go()
        return len(claimed)

    def let_go(self) -> None:
        """Give back what is claimed and not on its way; in any thread, once nothing more is to be delivered.

        Raises:
            UnavailableError: the database does not answer; the leases end by themselves.
        """
        ids = list[str]()
        with suppress(IndexError):
            while True:
                ids.append(self._waiting.popleft().id)  # one by one: each is the thread's or ours
        if ids:
            self._store.release(ids, owner=self._owner)

    def _deliver(self, way: _Way, message: Message, owner: str) -> None:
        failure = _tried(way.deliver, message)
        if failure is NEEDLESS:
            self._store.remove(message.id)
            return
        is_blameless, rest = False, 0.0
        if failure is not None and failure.is_down:
            is_blameless = not failure.is_final and not way.is_stopped_by(message)
            rest = way.shut(self._monotonic(), message, failure)
        else:
            way.open()
        if failure is None:
            self.delivered += 1
            self._store.remove(message.id)
        elif is_blameless:
            self.failed += 1
            # Whatever comes until the way opens asks first: it may be this one that nobody takes.
            self._store.line_up(message.id, owner=owner, seconds=int(rest) + 1, error=failure.error)
        else:
            self._fail(message, owner, failure)

    def _fail(self, message: Message, owner: str, failure: Failure) -> None:
        asked = failure.retry_after_seconds
        wait = wait_seconds(message.attempts, asked_seconds=asked, random=self._random())
        if failure.is_final or wait is None:
            self.dead += 1
            _LOGGER.error(
                "the %s message %s is dead after attempt %d: %s",
                message.kind,
                message.id,
                message.attempts,
                failure.error,
            )
            self._store.bury(message.id, owner=owner, error=failure.error)
            return
        self.failed += 1
        self._store.postpone(message.id, owner=owner, seconds=wait, error=failure.error)

    def _forget(self) -> None:
        now = self._monotonic()
        if now < self._forget_next:
            return
        self._forget_next = now + FORGET_SECONDS
        if forgotten := self._store.forget():
            _LOGGER.error("%d messages were never delivered, and are too old to be kept", forgotten)


def _tried(deliver: Deliver, message: Message) -> Failure | Needless | None:
    try:
        return deliver(message)
    except Exception:
        # A sender with a fault is no reason for the other kinds to wait, nor for this message to be lost.
        _LOGGER.exception("delivering the %s message %s failed", message.kind, message.id)
        return Failure("unexpected_error")
