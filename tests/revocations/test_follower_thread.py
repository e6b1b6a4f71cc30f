"""The follower's thread: no error ends it."""

from jwt_auth_core.background import Repeating
from jwt_auth_core.revocations import follower
from jwt_auth_core.revocations.follower import Follower, Sources
from jwt_auth_core.revocations.publisher import Publisher
from jwt_auth_core.revocations.revocation import EndedSession, Recorded
from jwt_auth_core.revocations.revoked import Revoked
from tests.revocations.parts import NOW, SID, HeldClock, StagedFeed, threads, until

KEEP = 1020


def test_no_error_ends_the_thread(monkeypatch):
    """It pauses a little longer each time, and goes on where it was."""
    feed, revoked, clock = StagedFeed(down={"begin"}), Revoked(keep_seconds=KEEP), HeldClock()
    one = Follower(Sources(feed, feed, revoked, Publisher(feed, revoked, clock), clock, 10.0))
    monkeypatch.setattr(follower, "LONGEST_PAUSE_SECONDS", 0.1)
    thread = Repeating(one.step, seconds=60, name="jwt-auth-revocations", ended=one.stop)
    before = threads()
    thread.start()
    until(lambda: feed.calls.count("begin") >= 3)
    feed.recorded = [Recorded(EndedSession(SID), NOW)]
    feed.down = set()
    assert one.ready.wait(60)
    thread.close(wait_seconds=10)
    assert threads() == before
    assert SID in revoked.sessions
