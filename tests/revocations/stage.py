"""What the tests of the follower share: its sources, whose every step the test decides."""

from __future__ import annotations

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations import follower
from jwt_auth_core.revocations.follower import Follower, Sources
from jwt_auth_core.revocations.publisher import Publisher
from jwt_auth_core.revocations.revoked import Revoked
from tests.revocations.parts import HeldClock, StagedFeed

KEEP = 1020


class Stage:
    """A follower on a staged feed, with monotonic seconds that the test sets."""

    def __init__(self, monkeypatch):
        self.feed, self.clock, self.revoked = StagedFeed(), HeldClock(), Revoked(keep_seconds=KEEP)
        self.seconds = 1000.0
        monkeypatch.setattr(follower.time, "monotonic", lambda: self.seconds)
        self.publisher = Publisher(self.feed, self.revoked, self.clock)
        sources = Sources(self.feed, self.feed, self.revoked, self.publisher, self.clock, 10.0)
        self.follower = Follower(sources)

    def turn(self, count=1):
        """Take turns; return what was asked in them."""
        self.feed.calls.clear()
        for _ in range(count):
            self.follower.turn()
        return self.feed.calls

    def fail(self, *parts):
        """Take a turn that fails, as `run` does."""
        self.feed.down = set(parts)
        try:
            self.turn()
        except StoreUnavailableError as error:
            self.follower.doubt(error)
        self.feed.down = set()
