"""The follower where feed or ledger fail: what it says, and what it does not lose."""

import logging

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations import follower
from jwt_auth_core.revocations.revocation import EndedSession, Recorded
from tests.revocations.parts import NOW, SID

KEEP = 1020


def test_a_silent_feed_does_not_hide_the_ledger(stage):
    """While the feed cannot be read the database is, every five seconds; the doubt stays."""
    # F-18
    stage.turn()
    stage.fail("read")
    stage.feed.recorded = [Recorded(EndedSession(SID), NOW)]
    asked = []
    for _ in range(11):
        stage.seconds += 1
        stage.fail("read")
        asked += stage.feed.calls
    assert asked.count("since") == 2
    assert SID in stage.revoked.sessions
    assert stage.follower.complete_at == 1000.0
    assert stage.turn() == ["read", "since"]


def test_a_ledger_that_is_down_too_changes_nothing(stage):
    """The feed's error is told; both are asked again."""
    stage.turn()
    stage.seconds += follower.RECONCILE_SECONDS
    stage.fail("read", "since")
    assert stage.feed.calls == ["read", "since"]
    assert stage.turn() == ["read", "since"]


def test_a_feed_that_takes_nothing_does_not_make_it_stale(stage):
    """Whether others hear is another question than whether this process does."""
    stage.turn()
    stage.feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        stage.publisher.publish(EndedSession(SID))
    stage.feed.has_gap = True
    stage.seconds += follower.OFFER_AGAIN_SECONDS
    assert stage.turn() == ["read", "begin", "since", "publish"]
    assert stage.follower.complete_at == stage.seconds


def test_old_entries_are_dropped_on_the_way(stage):
    """Reconciling also forgets."""
    stage.turn()
    stage.feed.waiting = [Recorded(EndedSession(SID), NOW)]
    stage.turn()
    stage.clock.now += 2 * KEEP
    stage.seconds += follower.RECONCILE_SECONDS
    stage.turn()
    assert len(stage.revoked) == 0


def test_what_a_feed_did_not_take_is_published_again(stage):
    """An announcement that failed goes out within seconds, without anybody's asking."""
    stage.turn()
    stage.feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        stage.publisher.publish(EndedSession(SID))
    stage.feed.down = set()
    stage.seconds += follower.OFFER_AGAIN_SECONDS
    assert stage.turn() == ["read", "publish"]


def test_silence_is_logged_once_and_its_end_too(stage, caplog):
    """Not before the limit, once beyond it, and once when all is well again."""
    stage.turn()
    stage.fail("read")
    assert caplog.text == ""
    stage.seconds += 11
    for _ in range(3):
        stage.fail("read")
    stage.turn()
    stage.turn()
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "the revocation feed is silent for 11 seconds: read does not answer",
        "the revocation feed answers again; nothing was missed",
    ]


def test_a_fault_of_ours_is_logged_with_its_place(stage, caplog):
    """Whatever it is, the thread lives on, and the log has the traceback at once."""
    stage.follower.doubt(ValueError("a fault"))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
