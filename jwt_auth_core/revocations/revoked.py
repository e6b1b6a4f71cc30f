"""Revoked: what this process knows to be revoked, in memory; looked up without lock or I/O.

Bounded by construction: nothing stays longer than the longest-lived token that it could concern.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Final

from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocation import CutOff, Recorded, Revocation

BUCKET_SECONDS: Final = 60

Listener = Callable[[Revocation], None]

_LOGGER: Final = logging.getLogger("jwt_auth.revocations")


@dataclass(slots=True, eq=False)
class _Bucket:
    """The keys that are forgotten together, from ``until`` on (seconds since the epoch)."""

    until: int
    keys: list[str] = field(default_factory=list[str])


class _Expiring:
    """Keys that leave by themselves. A key in a later bucket has not left with the earlier one."""

    __slots__ = ("bucket_of", "buckets")

    def __init__(self) -> None:
        self.bucket_of: dict[str, _Bucket] = {}
        self.buckets: dict[int, _Bucket] = {}

    def put(self, key: str, until: int) -> bool:
        """Keep the key at least until then; tell whether it is new."""
        known = self.bucket_of.get(key)
        if known is not None and until <= known.until:
            return False
        number = -(-until // BUCKET_SECONDS)
        bucket = self.buckets.get(number)
        if bucket is None:
            bucket = self.buckets[number] = _Bucket(number * BUCKET_SECONDS)
        bucket.keys.append(key)  # first, so that a forked copy has no key without a bucket
        self.bucket_of[key] = bucket
        return known is None

    def forget(self, now: int) -> Iterable[str]:
        """Drop and yield the keys whose time has come."""
        for number in [number for number, bucket in self.buckets.items() if bucket.until <= now]:
            bucket = self.buckets.pop(number)
            for key in bucket.keys:
                if self.bucket_of.get(key) is bucket:
                    del self.bucket_of[key]
                    yield key


class Revoked:
    """Ended sessions and users' cut-offs that are younger than ``keep_seconds``.

    Reading takes no lock: ``sessions`` has a key for each ended session, ``cut_offs`` the latest of each
    user, of each kind (see `CutOff`). Both are to be read only; writers take turns.
    """

    __slots__ = ("_lock", "_sessions", "_users", "cut_offs", "keep_seconds", "listeners", "sessions")

    def __init__(self, *, keep_seconds: int) -> None:
        self.keep_seconds = keep_seconds
        self._sessions = _Expiring()
        self._users = _Expiring()
        self.sessions = self._sessions.bucket_of
        self.cut_offs: dict[str, tuple[CutOff, ...]] = {}
        self.listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.sessions) + len(self.cut_offs)

    def learn(self, recorded: Iterable[Recorded], *, now: int) -> bool:
        """Remember revocations and tell the listeners what is new; tell whether anything was."""
        with self._lock:
            news = [one.revocation for one in recorded if self._put(one, now)]
        for revocation in news:
            for listener in self.listeners:
                _tell(listener, revocation)
        return bool(news)

    def knows(self, revocation: Revocation) -> bool:
        """Tell whether a revocation, or a later cut-off of the same user, was learned and not forgotten."""
        if isinstance(revocation, CutOff):
            same = _of_its_kind(revocation, self.cut_offs.get(revocation.user_id, ()))
            return same is not None and revocation.joined(same) == same
        return revocation.session_id in self.sessions

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every new revocation, in the thread that learns of it.

        Returns what ends the subscription.
        """
        with self._lock:
            self.listeners = (*self.listeners, listener)
        return lambda: self._unsubscribe(listener)

    def forget(self, *, now: int) -> None:
        """Drop what no living token can be concerned by."""
        with self._lock:
            for _ in self._sessions.forget(now):
                pass
            for user_id in self._users.forget(now):
                del self.cut_offs[user_id]

    def renew_lock(self) -> None:
        """Take a new lock, in a forked child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _unsubscribe(self, listener: Listener) -> None:
        with self._lock:
            self.listeners = tuple(one for one in self.listeners if one is not listener)

    def _put(self, recorded: Recorded, now: int) -> bool:
        # A clock that is ahead elsewhere must not make entries stay.
        at = min(recorded.at, now)
        revocation = recorded.revocation
        if isinstance(revocation, CutOff):
            return self._put_cut_off(revocation, at, now)
        until = at + self.keep_seconds
        return until > now and self._sessions.put(revocation.session_id, until)

    def _put_cut_off(self, cut_off: CutOff, at: int, now: int) -> bool:
        # Tokens that a cut-off in the future concerns may yet be issued.
        until = max(at, cut_off.before) + self.keep_seconds
        if until <= now:
            return False
        self._users.put(cut_off.user_id, until)
        known = self.cut_offs.get(cut_off.user_id, ())
        same = _of_its_kind(cut_off, known)
        latest = cut_off.joined(same)
        if latest == same:
            return False
        self.cut_offs[cut_off.user_id] = (*(one for one in known if one is not same), latest)
        return True


def _of_its_kind(cut_off: CutOff, known: Iterable[CutOff]) -> CutOff | None:
    return next((one for one in known if one.kind == cut_off.kind), None)


def _tell(listener: Listener, revocation: Revocation) -> None:
    try:
        listener(revocation)
    except Exception:  # a listener's failure is its own; the next one must hear, too
        _LOGGER.exception("a listener failed to hear of a revocation")
