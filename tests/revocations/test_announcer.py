"""The way out: one's own memory first, then the feed, and again what the feed did not take."""

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.revocations.announcer import Announcer
from jwt_auth_core.revocations.revocation import EndedSession, Recorded
from jwt_auth_core.revocations.revoked import Revoked
from tests.revocations.parts import NOW, SID, HeldClock, StagedFeed

ENDED = EndedSession(SID)


@pytest.fixture
def feed():
    """Return a feed that the test steers."""
    return StagedFeed()


@pytest.fixture
def revoked():
    """Return an empty memory."""
    return Revoked(keep_seconds=1020)


@pytest.fixture
def announcer(feed, revoked):
    """Return an announcer."""
    return Announcer(feed, revoked, HeldClock())


def test_it_is_published_and_known_here(announcer, feed, revoked):
    """One announcement reaches the memory and the feed."""
    announcer.announce(ENDED)
    assert feed.published == [Recorded(ENDED, NOW)]
    assert SID in revoked.sessions


def test_it_is_published_once(announcer, feed):
    """Logging out over and over fills no feed."""
    for _ in range(5):
        announcer.announce(ENDED)
    assert feed.calls == ["publish"]


def test_a_feed_that_is_down_is_an_error_and_the_token_dies_here(announcer, feed, revoked):
    """The caller hears that others may not know; this process refuses already."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        announcer.announce(ENDED)
    assert SID in revoked.sessions


def test_repeating_publishes_what_was_not_taken(announcer, feed):
    """The client's second try is no repetition for the feed."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        announcer.announce(ENDED)
    feed.down = set()
    announcer.announce(ENDED)
    announcer.announce(ENDED)
    assert [one.revocation for one in feed.published] == [ENDED]


def test_what_was_not_taken_is_tried_again(announcer, feed):
    """Also when the client does not come back."""
    feed.down = {"publish"}
    with pytest.raises(StoreUnavailableError):
        announcer.announce(ENDED)
    feed.down = set()
    announcer.retry()
    announcer.retry()
    assert [one.revocation for one in feed.published] == [ENDED]
