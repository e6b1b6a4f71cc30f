"""Refresh sessions in this process's memory: for tests and single-process development."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.sessions.record import Decision, Record, decide_within, opened
from jwt_auth_core.sessions.session import (
    NewSession,
    Rotation,
    Session,
    checked_lifetimes,
    checked_reason,
    parse_session_id,
)
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.sessions.use_limit import MICROSECONDS, UseLimit
from jwt_auth_core.vocabulary import Clock, SessionId

SWEEP_STEPS: Final = 4
"""How many records each new session looks at, in turn, to drop what is over."""


class MemorySessions:
    """A `SessionStore` that forgets everything with the process.

    Bounded: each new session drops up to `SWEEP_STEPS` that are over, so the dead never
    outnumber the living for long. Lifetimes are in seconds. A ``limit`` says how often a session's tokens
    may be presented.
    """

    def __init__(
        self,
        *,
        idle_seconds: int,
        max_age_seconds: int,
        clock: Clock | None = None,
        limit: UseLimit | None = None,
    ) -> None:
        checked_lifetimes(idle_seconds=idle_seconds, max_age_seconds=max_age_seconds)
        self._idle_seconds = idle_seconds
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._limit = limit
        self._records: OrderedDict[SessionId, Record] = OrderedDict()
        self.after_fork()
        renew_in_children(self)

    def open(self, new: NewSession) -> Session:
        """See `SessionStore.open`."""
        with self._lock:
            now = self._now()
            self._sweep(now)
            fresh = opened(new, now=now, max_age_seconds=self._max_age_seconds)
            return self._records.setdefault(new.session_id, fresh).told_to(new)

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """See `SessionStore.rotate`."""
        with self._lock:
            at = self._microseconds()
            return [self._turn(one, at).rotation(one.session_id) for one in presented]

    def end(self, session_id: SessionId, reason: str) -> None:
        """See `SessionStore.end`."""
        parse_session_id(session_id)
        checked_reason(reason)
        with self._lock:
            record = self._records.get(session_id)
            if record is not None:
                self._records[session_id] = record.ended(reason, now=self._now())

    def forget(self, session_id: SessionId) -> None:
        """See `SessionStore.forget`."""
        parse_session_id(session_id)
        with self._lock:
            self._records.pop(session_id, None)

    def find(self, session_id: SessionId) -> Session | None:
        """See `SessionStore.find`."""
        parse_session_id(session_id)
        with self._lock:
            record = self._records.get(session_id)
            if record is None or not record.is_live(now=self._now(), idle_seconds=self._idle_seconds):
                return None
            return record.session

    def check(self) -> None:
        """See `SessionStore.check`; memory always answers."""

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _now(self) -> int:
        return self._microseconds() // MICROSECONDS

    def _microseconds(self) -> int:
        return time.time_ns() // 1000 if self._clock is None else self._clock() * MICROSECONDS

    def _turn(self, presented: Presented, at: int) -> Decision:
        session_id = parse_session_id(presented.session_id)
        before = self._records.get(session_id)
        decision = decide_within(before, presented, at=at, idle_seconds=self._idle_seconds, limit=self._limit)
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
