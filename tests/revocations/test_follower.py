"""The follower, turn by turn: when it reads the feed, when the ledger, and when it is in doubt."""

import pytest

from jwt_auth_core.revocations import follower
from jwt_auth_core.revocations.revocation import SLACK_SECONDS, CutOff, EndedSession, Recorded
from tests.revocations.parts import NOW, OTHER, SID, USER

KEEP = 1020


def test_the_first_turn_reads_the_ledger_behind_a_position(stage):
    """First the place in the feed, then all that was recorded: so nothing falls in between."""
    stage.feed.recorded = [Recorded(EndedSession(SID), NOW - 800), Recorded(CutOff(USER, NOW), NOW)]
    assert not stage.follower.ready.is_set()
    assert stage.turn() == ["begin", "since"]
    assert stage.follower.ready.is_set()
    assert (list(stage.revoked.sessions), stage.revoked.cut_offs) == ([SID], {USER: (CutOff(USER, NOW),)})
    assert stage.feed.asked_since == [NOW - KEEP]


def test_then_it_only_follows(stage):
    """Without a doubt a turn is one read of the feed."""
    stage.turn()
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW)]
    assert stage.turn(3) == ["read"] * 3
    assert SID in stage.revoked.sessions


def test_it_waits_only_for_a_feed_that_had_nothing(stage):
    """What came may be one page of several: the next one is read at once."""
    stage.turn()
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW)]
    stage.turn()
    stage.follower.pause()
    assert stage.turn() == ["read"]
    stage.follower.pause()
    assert stage.feed.calls == ["read", "wait"]


def test_what_is_heard_is_as_young_as_the_hearing(stage):
    """An entry counts from now, whatever the clock of its publisher says."""
    # F-22
    stage.turn()
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW - 100_000)]
    stage.turn()
    assert SID in stage.revoked.sessions


def test_now_and_then_it_reads_the_ledger(stage):
    """What was recorded and never published is found within half a minute."""
    # F-18
    stage.turn()
    stage.feed.recorded = [Recorded(EndedSession(SID), NOW)]
    assert stage.turn() == ["read"]
    stage.seconds += follower.RECONCILE_SECONDS
    stage.clock.now += 30
    assert stage.turn() == ["read", "since"]
    assert SID in stage.revoked.sessions
    assert stage.feed.asked_since[-1] == NOW - SLACK_SECONDS


def test_a_gap_makes_it_begin_anew(stage):
    """A feed that lost entries is followed from its end, and the ledger read again."""
    stage.turn()
    stage.feed.has_gap = True
    stage.feed.recorded = [Recorded(EndedSession(SID), NOW)]
    assert stage.turn() == ["read", "begin", "since"]
    assert SID in stage.revoked.sessions
    assert stage.turn() == ["read"]


def test_after_an_error_feed_and_ledger_are_read(stage):
    """First an answer of the feed from the old place, then what was recorded meanwhile."""
    stage.turn()
    stage.fail("read")
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW)]
    stage.feed.recorded = [Recorded(EndedSession(OTHER), NOW)]
    assert stage.turn() == ["read", "since"]
    assert set(stage.revoked.sessions) == {SID, OTHER}
    assert stage.turn() == ["read"]


def test_a_failure_makes_it_stale(stage):
    """Completeness is dated from the last turn without a doubt."""
    stage.turn()
    stage.seconds += 5
    stage.fail("read")
    assert stage.follower.complete_at == 1000.0
    stage.turn()
    assert stage.follower.complete_at == 1005.0


def test_a_doubt_lasts_until_the_ledger_was_read(stage):
    """While the database is down after a gap, the memory counts as incomplete, and follows."""
    stage.turn()
    stage.feed.has_gap = True
    stage.seconds += 1
    stage.fail("since")
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW)]
    stage.fail("since")
    assert SID in stage.revoked.sessions
    assert stage.follower.complete_at == 1000.0
    assert stage.turn() == ["read", "since"]
    assert stage.follower.complete_at == 1001.0


def test_a_ledger_that_is_down_is_no_doubt(stage):
    """While the feed speaks, the database may rest; it is asked again soon."""
    stage.turn()
    stage.seconds += follower.RECONCILE_SECONDS
    stage.fail("since")
    assert stage.follower.complete_at == stage.seconds
    assert stage.turn() == ["read"]
    stage.seconds += follower.RECONCILE_AGAIN_SECONDS
    assert stage.turn() == ["read", "since"]


def test_a_clock_that_was_set_back_makes_it_read_all(stage):
    """What was forgotten in a false future is learned again."""
    # F-22
    stage.turn()
    stage.clock.now += 100_000
    stage.seconds += follower.RECONCILE_SECONDS
    stage.turn()
    stage.clock.now = NOW
    stage.seconds += follower.RECONCILE_SECONDS
    stage.turn()
    assert stage.feed.asked_since == [NOW - KEEP, NOW + 100_000 - KEEP, NOW - KEEP]


@pytest.mark.parametrize("is_read_in_the_future", [True, False])
def test_a_clock_that_comes_back_is_a_doubt_at_once(stage, is_read_in_the_future):
    """What a false future made it forget, or not learn, is learned with the next turn."""
    # F-22
    stage.feed.recorded = [Recorded(EndedSession(SID), NOW)]
    stage.turn()
    stage.clock.now += 100_000
    stage.seconds += follower.RECONCILE_SECONDS
    if is_read_in_the_future:
        stage.turn()
    else:
        stage.fail("since")
    assert SID not in stage.revoked.sessions
    stage.clock.now = NOW + 30
    assert stage.turn() == ["read", "since"]
    assert SID in stage.revoked.sessions
    assert stage.feed.asked_since[-1] == NOW + 30 - KEEP


def test_a_clock_that_comes_back_while_the_feed_is_read_is_seen(stage, monkeypatch):
    """The turn that waited through it reads the ledger already."""
    # F-22
    stage.turn()
    stage.clock.now += 100_000
    stage.seconds += follower.RECONCILE_SECONDS
    stage.turn()
    read = stage.feed.read

    def reading(*words, **named):
        stage.clock.now = NOW
        return read(*words, **named)

    monkeypatch.setattr(stage.feed, "read", reading)
    assert stage.turn() == ["read", "since"]
