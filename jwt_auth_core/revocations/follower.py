"""Follower: what the reader's thread does, turn by turn; without a doubt it only follows the feed.

A doubt (the start, an error, a gap) ends when the feed has answered and then the ledger was read to
its end: whatever was published before that answer is in the ledger, whatever comes later in the feed.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.revocations.announcer import Announcer
from jwt_auth_core.revocations.feed import Feed, Ledger, Position
from jwt_auth_core.revocations.revocation import SLACK_SECONDS, Recorded
from jwt_auth_core.revocations.revoked import Revoked
from jwt_auth_core.vocabulary import Clock

WAIT_SECONDS: Final = 0.5
RECONCILE_SECONDS: Final = 30.0
"""How often the ledger is read without a doubt: for what was recorded and never published (F-18)."""
RECONCILE_AGAIN_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("jwt_auth.revocations")


@dataclass(frozen=True, slots=True)
class Sources:
    """What a process learns revocations from, and where it keeps them; shared by its threads."""

    feed: Feed
    ledger: Ledger
    revoked: Revoked
    announcer: Announcer
    clock: Clock
    max_silence_seconds: float


class Follower:
    """The state of one reader thread.

    ``complete_at`` is when the memory was last known to be complete, by ``time.monotonic``;
    ``ready`` is set from the first such moment on, ``stop`` ends the thread.
    """

    def __init__(self, sources: Sources) -> None:
        self.complete_at = -math.inf
        self.ready = threading.Event()
        self.stop = threading.Event()
        self._sources = sources
        self._position: Position | None = None
        self._in_doubt = True
        self._reconciled_at = 0  # by the clock of the records
        self._reconcile_next = -math.inf
        self._heard_at = time.monotonic()
        self._complained = False

    def run(self) -> None:
        """Follow until told to stop; no error ends it."""
        pause = FIRST_PAUSE_SECONDS
        while not self.stop.is_set():
            try:
                self.turn()
                pause = FIRST_PAUSE_SECONDS
            except Exception as error:  # noqa: BLE001 - the thread must live on
                self._doubt(error)
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def turn(self) -> None:
        """Read the feed once, waiting for something when there is nothing else to do."""
        asked_at = time.monotonic()
        self._follow()
        self._reconcile()
        self._complete(asked_at)

    def _follow(self) -> None:
        feed = self._sources.feed
        wait = 0.0 if self._in_doubt else WAIT_SECONDS
        batch = None if self._position is None else feed.read(self._position, wait_seconds=wait)
        if batch is None:
            self._in_doubt = True
            self._position = feed.begin()
            return
        now = self._sources.clock()
        # Heard now, whatever the publisher's clock says.
        self._sources.revoked.learn((Recorded(one, now) for one in batch.revocations), now=now)
        self._position = batch.position

    def _reconcile(self) -> None:
        if not self._in_doubt and time.monotonic() < self._reconcile_next:
            return
        now = self._sources.clock()
        self._sources.revoked.forget(now=now)
        try:
            self._read_ledger(now)
            self._sources.announcer.retry()
        except AuthError:
            self._reconcile_next = time.monotonic() + RECONCILE_AGAIN_SECONDS
            if self._in_doubt:
                raise
        else:
            self._reconcile_next = time.monotonic() + RECONCILE_SECONDS
            self._reconciled_at = now
            self._in_doubt = False

    def _read_ledger(self, now: int) -> None:
        longest_ago = now - self._sources.revoked.keep_seconds
        # A clock that was set back may have made us forget too early: then all is read again.
        known_until = self._reconciled_at - SLACK_SECONDS if self._reconciled_at <= now else 0
        for page in self._sources.ledger.since(max(known_until, longest_ago)):
            self._sources.revoked.learn(page, now=now)

    def _complete(self, asked_at: float) -> None:
        self.complete_at = self._heard_at = asked_at
        self.ready.set()
        if self._complained:
            self._complained = False
            _LOGGER.warning("the revocation feed answers again; nothing was missed")

    def _doubt(self, error: Exception) -> None:
        self._in_doubt = True
        is_ours = isinstance(error, AuthError)
        silence = time.monotonic() - self._heard_at
        if (
            self._complained
            or self.stop.is_set()
            or (is_ours and silence <= self._sources.max_silence_seconds)
        ):
            return
        self._complained = True
        _LOGGER.error(
            "the revocation feed is silent for %.0f seconds: %s",
            silence,
            error,
            exc_info=None if is_ours else error,
        )
