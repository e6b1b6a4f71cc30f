"""Refresh sessions in this process's memory: for tests and single-process development."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.sessions.record import Decision, Record, decide, opened
from jwt_auth_core.sessions.session import (
    NewSession,
    Rotation,
    Session,
    checked_lifetimes,
    checked_reason,
    parse_session_id,
)
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import Clock, SessionId

SWEEP_STEPS: Final = 4
"""How many records each new session looks at, in turn, to drop what is over."""


def _system_clock() -> int:
    return int(time.time())


class MemorySessions:
    """A `SessionStore` that forgets everything with the process.

    Bounded: each new session drops up to `SWEEP_STEPS` that are over, so the dead never
    outnumber the living for long. Lifetimes are in seconds.
    """

    def __init__(self, *, idle_seconds: int, max_age_seconds: int, clock: Clock = _system_clock) -> None:
        checked_lifetimes(idle_seconds=idle_seconds, max_age_seconds=max_age_seconds)
        self._idle_seconds = idle_seconds
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._records: OrderedDict[SessionId, Record] = OrderedDict()
        self.after_fork()
        renew_in_children(self)

    def open(self, new: NewSession) -> Session:
        """See `SessionStore.open`."""
        with self._lock:
            now = self._clock()
            self._sweep(now)
            fresh = opened(new, now=now, max_age_seconds=self._max_age_seconds)
            return self._records.setdefault(new.session_id, fresh).told_to(new)

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """See `SessionStore.rotate`."""
        with self._lock:
            now = self._clock()
            return [self._turn(one, now).rotation(one.session_id) for one in presented]

    def end(self, session_id: SessionId, reason: str) -> None:
        """See `SessionStore.end`."""
        parse_session_id(session_id)
        checked_reason(reason)
        with self._lock:
            record = self._records.get(session_id)
            if record is not None:
                self._records[session_id] = record.ended(reason, now=self._clock())

    def find(self, session_id: SessionId) -> Session | None:
        """See `SessionStore.find`."""
        parse_session_id(session_id)
        with self._lock:
            record = self._records.get(session_id)
            if record is None or not record.is_live(now=self._clock(), idle_seconds=self._idle_seconds):
                return None
            return record.session

    def check(self) -> None:
        """See `SessionStore.check`; memory always answers."""

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _turn(self, presented: Presented, now: int) -> Decision:
        session_id = parse_session_id(presented.session_id)
        before = self._records.get(session_id)
        decision = decide(before, presented, now=now, idle_seconds=self._idle_seconds)
        if decision.record is not None:
            self._records[session_id] = decision.record
        elif before is not None:
            del self._records[session_id]
        return decision

    def _sweep(self, now: int) -> None:
        for _ in range(min(SWEEP_STEPS, len(self._records))):
            session_id, record = self._records.popitem(last=False)
            if now < record.expires_at(self._idle_seconds):
                self._records[session_id] = record  # back in the queue, at its end
