"""Announcer: the way of a revocation out of this process, into its own memory first."""

from __future__ import annotations

from jwt_auth_core.revocations.feed import Feed
from jwt_auth_core.revocations.revocation import Recorded, Revocation
from jwt_auth_core.revocations.revoked import Revoked
from jwt_auth_core.vocabulary import Clock


class Announcer:
    """Publishes what is new; a class because it remembers what the feed has not taken yet.

    What is known already is not published again, so that nobody fills the feed by logging out
    over and over.
    """

    def __init__(self, feed: Feed, revoked: Revoked, clock: Clock) -> None:
        self._feed = feed
        self._revoked = revoked
        self._clock = clock
        self._untaken: dict[Revocation, Recorded] = {}

    def announce(self, revocation: Revocation) -> None:
        """Refuse the tokens here from now on, and tell the other processes.

        Raises:
            StoreUnavailableError: the feed does not answer; may be repeated, and `retry` will be.
        """
        now = self._clock()
        recorded = Recorded(revocation, now)
        if self._revoked.learn([recorded], now=now) or revocation in self._untaken:
            self._untaken[revocation] = recorded
            self._publish(recorded)

    def retry(self) -> None:
        """Publish what the feed did not take before."""
        for recorded in tuple(self._untaken.values()):
            self._publish(recorded)

    def _publish(self, recorded: Recorded) -> None:
        self._feed.publish(recorded)
        self._untaken.pop(recorded.revocation, None)
