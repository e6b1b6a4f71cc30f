"""The way out: one's own memory first, then the feed, and again what the feed did not take."""

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.publisher import Publisher
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded
from jwt_auth_core.revocations.revoked import Revoked
from tests.revocations.parts import NOW, OTHER, SID, USER, HeldClock, StagedFeed

ENDED = EndedSession(SID)
KEEP = 1020
REVOCATIONS = [ENDED, CutOff(USER, NOW)]


@pytest.fixture
def feed():
    """Return a feed that the test steers."""
    return StagedFeed()


@pytest.fixture
def revoked():
    """Return an empty memory."""
    return Revoked(keep_seconds=KEEP)


@pytest.fixture
def clock():
    """Return a clock that the test sets."""
    return HeldClock()


@pytest.fixture
def publisher(feed, revoked, clock):
    """Return an publisher."""
    return Publisher(feed, revoked, clock)


def test_it_is_published_and_known_here(publisher, feed, revoked):
    """One announcement reaches the memory and the feed."""
    publisher.publish(ENDED)
    assert feed.published == [Recorded(ENDED, NOW)]
    assert SID in revoked.sessions


def test_it_is_published_once(publisher, feed):
    """Logging out over and over fills no feed."""
    for _ in range(5):
        publisher.publish(ENDED)
    assert feed.calls == ["publish"]


def test_a_feed_that_is_down_is_an_error_and_the_token_dies_here(publisher, feed, revoked):
    """The caller hears that others may not know; this process refuses already."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        publisher.publish(ENDED)
    assert SID in revoked.sessions


def test_repeating_publishes_what_was_not_taken(publisher, feed):
    """The client's second try is no repetition for the feed."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        publisher.publish(ENDED)
    feed.down = set()
    publisher.publish(ENDED)
    publisher.publish(ENDED)
    assert [one.revocation for one in feed.published] == [ENDED]


def test_what_was_not_taken_is_tried_again(publisher, feed):
    """Also when the client does not come back."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        publisher.publish(ENDED)
    feed.down = set()
    publisher.retry()
    publisher.retry()
    assert [one.revocation for one in feed.published] == [ENDED]


@pytest.mark.parametrize("revocation", REVOCATIONS)
def test_what_the_ledger_told_here_is_published_all_the_same(publisher, feed, revoked, revocation):
    """The reader may find it between its being recorded and announced: known is not published."""
    # F-18
    revoked.learn([Recorded(revocation, NOW)], now=NOW)
    publisher.publish(revocation)
    publisher.publish(revocation)
    assert [one.revocation for one in feed.published] == [revocation]


@pytest.mark.parametrize("revocation", REVOCATIONS)
def test_what_failed_elsewhere_is_published_by_who_is_asked_again(publisher, feed, revoked, revocation):
    """A client that heard 503 may repeat itself to another process, which has read the ledger by then."""
    failing = Publisher(StagedFeed(down={"publish"}), revoked, HeldClock())
    with pytest.raises(StoreUnavailableError):
        failing.publish(revocation)
    publisher.publish(revocation)
    assert [one.revocation for one in feed.published] == [revocation]


def test_an_earlier_cut_off_is_told_with_a_later_one(publisher, feed):
    """Of one user's only a later one is news."""
    for before in (NOW, NOW - 5, NOW + 1):
        publisher.publish(CutOff(USER, before))
    assert [one.revocation.before for one in feed.published] == [NOW, NOW + 1]


def test_what_no_token_can_be_concerned_by_is_not_offered(publisher, feed, clock):
    """A feed that is down for longer than tokens live leaves nothing to catch up with."""
    feed.down = {"publish"}
    for revocation in (ENDED, CutOff(USER, NOW + 5)):
        with pytest.raises(StoreUnavailableError):
            publisher.publish(revocation)
    feed.down = set()
    clock.now += KEEP
    publisher.retry()
    clock.now += 5
    publisher.retry()
    assert [one.revocation for one in feed.published] == [CutOff(USER, NOW + 5)]


def test_what_was_published_is_forgotten_in_time(publisher, feed, clock):
    """Memory is bounded, also where nobody follows the feed."""
    publisher.publish(ENDED)
    clock.now += 2 * KEEP
    publisher.publish(EndedSession(OTHER))
    publisher.publish(ENDED)
    assert len(feed.published) == 3
