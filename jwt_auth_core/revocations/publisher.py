"""Publisher: the way of a revocation out of this process, into its own memory first."""

from __future__ import annotations

from jwt_auth_core.revocations.feed import Feed
from jwt_auth_core.revocations.revocation import Recorded, Revocation
from jwt_auth_core.revocations.revoked import Revoked
from jwt_auth_core.vocabulary import Clock


class Publisher:
    """Publishes what this process has not published yet; a class because it remembers that.

    That a revocation is known here says nothing: the reader may have found it in the ledger, between its
    being recorded and its being announced. Nobody fills the feed by logging out over and over.
    """

    def __init__(self, feed: Feed, revoked: Revoked, clock: Clock) -> None:
        self._feed = feed
        self._revoked = revoked
        self._clock = clock
        self._published = Revoked(keep_seconds=revoked.keep_seconds)
        self._untaken: dict[Revocation, Recorded] = {}

    def publish(self, revocation: Revocation) -> None:
        """Refuse the tokens here from now on, and tell the other processes.

        Raises:
            StoreUnavailableError: the feed does not answer; may be repeated, and `retry` will be.
        """
        now = self._clock()
        recorded = Recorded(revocation, now)
        self._revoked.learn([recorded], now=now)
        self._published.forget(now=now)
        if not self._published.knows(revocation):
            self._untaken[revocation] = recorded
            self._publish(recorded)

    def retry(self) -> None:
        """Publish what the feed did not take before, as far as it still concerns a token.

        Raises:
            StoreUnavailableError: the feed does not answer.
        """
        now = self._clock()
        for recorded in tuple(self._untaken.values()):
            if recorded.until(self._revoked.keep_seconds) <= now:
                self._untaken.pop(recorded.revocation, None)
            else:
                self._publish(recorded)

    def renew_lock(self) -> None:
        """Take a new lock, in a forked child: another thread of the parent may hold the old one."""
        self._published.renew_lock()

    def _publish(self, recorded: Recorded) -> None:
        self._feed.publish(recorded)
        self._published.learn([recorded], now=recorded.at)
        self._untaken.pop(recorded.revocation, None)
