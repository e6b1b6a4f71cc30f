"""Follower: what the reader's thread does, step by step; without a doubt it only follows the feed.

A doubt (the start, an error, a gap, a clock that went back) ends when the feed has answered and then the
ledger was read to its end: whatever was published before that answer is in the ledger, whatever comes
later in the feed.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from contextlib import suppress
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.feed import Feed, Ledger, Position
from jwt_auth_core.revocations.publisher import Publisher
from jwt_auth_core.revocations.revocation import SLACK_SECONDS, Recorded
from jwt_auth_core.revocations.revoked import Revoked
from jwt_auth_core.vocabulary import Clock

RECONCILE_SECONDS: Final = 30.0
"""How often the ledger is read without a doubt: for what was recorded and never published (F-18)."""
RECONCILE_AGAIN_SECONDS: Final = 5.0
"""How soon after it failed, and how often while the feed is down."""
LOOK_SECONDS: Final = 0.3
"""How often it looks at what was recorded lately, of which the news may have died with its process."""
LOOK_BACK_SECONDS: Final = 10
"""So long may a transaction have been under way, and clocks differ; what is older waits for the ledger."""
OFFER_AGAIN_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("jwt_auth.revocations")


@dataclass(frozen=True, slots=True)
class Sources:
    """What a process learns revocations from, and where it keeps them; shared by its threads."""

    feed: Feed
    ledger: Ledger
    revoked: Revoked
    publisher: Publisher
    clock: Clock
    max_silence_seconds: float


class Follower:
    """What one thread knows of the feed, and how it goes on.

    ``complete_at`` is when the memory was last known to be complete, by ``time.monotonic``;
    ``ready`` is set from the first such moment on, ``stop`` when the thread is to end.
    """

    def __init__(self, sources: Sources) -> None:
        self.complete_at = -math.inf
        self.ready = threading.Event()
        self.stop = threading.Event()
        self._sources = sources
        self._position: Position | None = None
        self.is_in_doubt = True
        self._has_more = False
        self._told = 0  # by the clock of the records, as is what the ledger is known until
        self._known_until = 0
        self._reconcile_next = -math.inf
        self._look_next = -math.inf
        self._offer_next = -math.inf
        self._heard_at = time.monotonic()
        self._complained = False
        self._pause = FIRST_PAUSE_SECONDS

    def step(self) -> float:
        """Take a turn, and wait for news; no error gets out. Return how long to rest: after one, longer."""
        try:
            self.turn()
            self.pause()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next turn begins with a doubt
            self.doubt(error)
            pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE_SECONDS)
            return pause
        self._pause = FIRST_PAUSE_SECONDS
        return 0.0

    def turn(self) -> None:
        """Read the feed once, and the ledger where that is due."""
        asked_at = time.monotonic()
        self._look_at_the_clock()
        try:
            self._follow()
        except Exception:
            self.is_in_doubt = True
            self._read_ledger_meanwhile()
            raise
        self._reconcile()
        self._look()
        self._complete(asked_at)
        self._offer()

    def pause(self) -> None:
        """Wait for the feed to have something, unless it just had, and so may have more."""
        if not self._has_more:
            self._sources.feed.wait(self._position, self.stop)

    def _look_at_the_clock(self) -> int:
        now = self._sources.clock()
        if now < self._told:
            # In a false future records were forgotten, or not learned because their time seemed over.
            self.is_in_doubt = True
            self._known_until = 0
        self._told = now
        return now

    def _follow(self) -> None:
        feed = self._sources.feed
        batch = None if self._position is None else feed.read(self._position)
        self._has_more = batch is not None and bool(batch.revocations)
        if batch is None:
            self.is_in_doubt = True
            self._position = feed.begin()
            return
        now = self._look_at_the_clock()
        # Heard now, whatever the publisher's clock says.
        self._sources.revoked.learn((Recorded(one, now) for one in batch.revocations), now=now)
        self._position = batch.position

    def _reconcile(self) -> None:
        if not self.is_in_doubt and time.monotonic() < self._reconcile_next:
            return
        try:
            self._read_ledger()
        except AuthError:
            if self.is_in_doubt:
                raise
        else:
            self._reconcile_next = time.monotonic() + RECONCILE_SECONDS
            self.is_in_doubt = False

    def _look(self) -> None:
        """Learn what was recorded lately, whether or not somebody lived to tell of it (F-18)."""
        if time.monotonic() < self._look_next:
            return
        self._look_next = time.monotonic() + RECONCILE_AGAIN_SECONDS
        with suppress(AuthError):  # the feed speaks: the database may rest
            now = self._told
            found = list(self._sources.ledger.lately(now - LOOK_BACK_SECONDS))
            self._sources.revoked.learn(found, now=now)
            self._look_next = time.monotonic() + LOOK_SECONDS

    def _read_ledger_meanwhile(self) -> None:
        """Learn what was recorded though the feed is down; a doubt does not end by that."""
        now = time.monotonic()
        self._reconcile_next = min(self._reconcile_next, now + RECONCILE_AGAIN_SECONDS)
        if now >= self._reconcile_next:
            with suppress(AuthError):  # of the two the feed's error is told
                self._read_ledger()

    def _read_ledger(self) -> None:
        self._reconcile_next = time.monotonic() + RECONCILE_AGAIN_SECONDS
        now = self._look_at_the_clock()
        self._sources.revoked.forget(now=now)
        longest_ago = now - self._sources.revoked.keep_seconds
        for page in self._sources.ledger.since(max(self._known_until, longest_ago)):
            self._sources.revoked.learn(page, now=now)
        self._known_until = now - SLACK_SECONDS

    def _offer(self) -> None:
        """Publish what the feed did not take; not with each turn, since it may refuse again."""
        if time.monotonic() >= self._offer_next:
            self._offer_next = time.monotonic() + OFFER_AGAIN_SECONDS
            with suppress(AuthError):  # who announced it was told
                self._sources.publisher.retry()

    def _complete(self, asked_at: float) -> None:
        self.complete_at = self._heard_at = asked_at
        self.ready.set()
        if self._complained:
            self._complained = False
            _LOGGER.warning("the revocation feed answers again; nothing was missed")

    def doubt(self, error: Exception) -> None:
        """Take nothing for complete after a turn that failed, and complain once the silence is too long."""
        self.is_in_doubt = True
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
