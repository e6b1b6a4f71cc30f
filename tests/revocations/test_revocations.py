"""Revocations: which tokens are refused, from when on, and what a silent feed means."""

import gc
import math
import threading
import weakref

import pytest

from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.revocations import CutOff, EndedSession, Revocations
from jwt_auth_core.revocations import reader as reading
from tests.revocations.parts import (
    KEEP,
    NOW,
    OTHER,
    SID,
    TTL,
    USER,
    StagedFeed,
    claims,
    refused,
    threads,
    until,
)


def test_tokens_of_an_ended_session_are_refused(made, feed):
    """From the announcement on, whatever user they name; other sessions go on."""
    # RF-11
    revocations = made(feed)
    revocations.check(claims())
    revocations.revoke_session(SID)
    assert refused(revocations, claims())
    assert not refused(revocations, claims(session_id=OTHER))
    assert not refused(revocations, claims(session_id=None))


def test_a_cut_off_refuses_what_was_issued_before(made, feed):
    """The second of the cut-off itself is good again, in any session and without one."""
    # RF-11
    revocations = made(feed)
    revocations.revoke_user(USER, before=NOW + 1)
    assert refused(revocations, claims(issued_at=NOW))
    assert refused(revocations, claims(issued_at=NOW, session_id=None))
    assert not refused(revocations, claims(issued_at=NOW + 1))
    assert not refused(revocations, claims("somebody else", issued_at=NOW))


def test_others_hear_of_it(made, feed):
    """What one process announces, another one refuses."""
    one, other = made(feed), made(feed)
    other.check(claims())
    one.revoke_session(SID)
    one.revoke_user("u2", before=NOW)
    until(lambda: other.is_revoked(claims()))
    until(lambda: other.is_revoked(claims("u2", OTHER, issued_at=NOW - 1)))


def test_a_late_comer_knows_what_was_before(made, feed):
    """The first check already refuses what was revoked before the process was there."""
    # RF-06
    made(feed).revoke_session(SID)
    assert refused(made(feed), claims())


def test_a_token_outlives_no_memory(made, feed, clock):
    """A token of a longer lifetime than today's is refused at an age that nobody remembers."""
    revocations = made(feed)
    old = claims(seconds=10 * TTL)
    clock.now = NOW + KEEP
    assert not refused(revocations, old)
    clock.now = NOW + KEEP + 1
    with pytest.raises(TokenInvalidError, match="older than revocations are remembered"):
        revocations.check(old)


def test_listeners_hear_what_others_announce(made, feed):
    """A subscription starts the reader and hears each revocation, local ones too, until it ends."""
    one, other = made(feed), made(feed)
    heard = []
    end = other.subscribe(heard.append)
    one.revoke_session(SID)
    until(lambda: heard)
    other.revoke_user(USER, before=NOW)
    assert heard == [EndedSession(SID), CutOff(USER, NOW)]
    end()
    other.revoke_session(OTHER)
    assert len(heard) == 2


def test_nothing_starts_before_it_is_needed(made, feed):
    """Announcing, as a command line does, needs no thread."""
    before = threads()
    revocations = made(feed)
    revocations.revoke_session(SID)
    assert threads() == before
    assert not revocations.is_started


def test_there_is_one_thread(made, feed):
    """However often it is asked, also from many threads at once."""
    before = len(threads())
    revocations = made(feed)
    askers = [threading.Thread(target=revocations.check, args=(claims(),)) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(threads()) == before + 1


def test_closing_ends_the_thread_and_keeps_what_is_known(made, feed):
    """A closed one still refuses; it starts nothing again."""
    before = threads()
    revocations = made(feed)
    revocations.start()
    revocations.revoke_session(SID)
    revocations.close()
    revocations.close()
    assert refused(revocations, claims())
    revocations.start()
    assert threads() == before


def test_closing_waits_for_no_feed(made):
    """However patient the feed is, the thread that waits for it ends at once."""
    before = threads()
    feed = StagedFeed(wait_seconds=3600)
    revocations = made(feed)
    revocations.start()
    revocations.close()
    assert threads() == before


def test_a_forgotten_one_ends_its_thread(feed, clock):
    """Nobody has to close what nobody holds."""
    before = threads()
    revocations = Revocations(feed, feed, clock=clock, token_seconds=TTL)
    revocations.start()
    gone = weakref.ref(revocations)
    del revocations
    gc.collect()
    assert gone() is None
    until(lambda: threads() == before)


def test_stateless_goes_on_without_a_feed(made, monkeypatch):
    """A feed that never answered delays the first check a little, and refuses nobody."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.05)
    revocations = made(StagedFeed(down={"begin"}))
    assert not refused(revocations, claims())
    assert revocations.staleness_seconds() is None
    assert revocations.health() == {"staleness_seconds": None, "is_silent": True, "revoked": 0}


def test_stateless_refuses_what_it_knows(made, monkeypatch):
    """Silence takes nothing away from what is known."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.05)
    feed = StagedFeed(down={"begin"})
    revocations = made(feed)
    revocations.revoke_session(SID)
    assert refused(revocations, claims())


def test_strict_does_not_go_on_without_a_feed(made, monkeypatch):
    """Whoever wants to be sure hears that nobody can be, until the feed answers."""
    monkeypatch.setattr(reading, "FIRST_SECONDS", 0.05)
    feed = StagedFeed(down={"begin"})
    revocations = made(feed, policy="strict")
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="revocation feed is silent"):
            revocations.check(claims())
    feed.down = set()
    until(lambda: revocations.staleness_seconds() is not None)
    revocations.check(claims())


def test_strict_notices_a_feed_that_falls_silent(made):
    """From the limit on; an answer later all is well."""
    feed = StagedFeed()
    revocations = made(feed, policy="strict", max_silence_seconds=0.2)
    revocations.check(claims())
    feed.down = {"read"}
    until(lambda: revocations.health()["is_silent"])
    with pytest.raises(StoreUnavailableError):
        revocations.check(claims())
    feed.down = set()
    until(lambda: not revocations.health()["is_silent"])
    revocations.check(claims())


def test_health_says_how_it_is(made, feed):
    """Fresh, and how many are revoked."""
    revocations = made(feed)
    revocations.start()
    revocations.revoke_session(SID)
    health = revocations.health()
    assert (health["is_silent"], health["revoked"]) == (False, 1)
    assert 0 <= revocations.staleness_seconds() < math.inf


def test_without_a_thread_nobody_can_tell(made, feed, monkeypatch):
    """A system that gives no thread is a passing failure, not a free pass."""

    def start(_thread):
        raise RuntimeError("can't start new thread")

    revocations = made(feed)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(StoreUnavailableError, match="has no thread"):
            revocations.check(claims())
    revocations.check(claims())
