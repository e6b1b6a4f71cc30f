"""The memory: what is known, since when, and for how long."""

import sys
import threading

import pytest

from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded
from jwt_auth_core.revocations.revoked import BUCKET_SECONDS, Revoked
from jwt_auth_core.tokens.claims import Claims
from tests.revocations.parts import NOW, OTHER, SID, USER

KEEP = 1020


@pytest.fixture
def revoked():
    """Return an empty memory."""
    return Revoked(keep_seconds=KEEP)


def learn(revoked, *revocations, at=NOW, now=NOW):
    """Learn revocations that were recorded at one time."""
    return revoked.learn([Recorded(one, at) for one in revocations], now=now)


def test_an_ended_session_is_known_at_once(revoked):
    """What was learned is there, and nothing else."""
    assert learn(revoked, EndedSession(SID))
    assert SID in revoked.sessions
    assert OTHER not in revoked.sessions
    assert len(revoked) == 1


def test_news_is_news_once(revoked):
    """The same again is no news."""
    assert learn(revoked, EndedSession(SID), CutOff(USER, NOW))
    assert not learn(revoked, EndedSession(SID), CutOff(USER, NOW), CutOff(USER, NOW - 5))
    assert len(revoked) == 2


def test_the_latest_cut_off_counts(revoked):
    """A later cut-off replaces an earlier one, never the other way."""
    assert learn(revoked, CutOff(USER, NOW))
    assert learn(revoked, CutOff(USER, NOW + 1))
    assert not learn(revoked, CutOff(USER, NOW))
    assert revoked.cut_offs == {USER: (CutOff(USER, NOW + 1),)}


def test_numbered_cut_offs_stand_beside_the_others(revoked):
    """Of each kind the latest: neither says what the other does."""
    assert learn(revoked, CutOff(USER, NOW + 9))
    assert learn(revoked, CutOff(USER, NOW, 2))
    assert learn(revoked, CutOff(USER, NOW + 1, 1))
    assert not learn(revoked, CutOff(USER, NOW + 1, 2), CutOff(USER, NOW))
    assert set(revoked.cut_offs[USER]) == {CutOff(USER, NOW + 9), CutOff(USER, NOW + 1, 2)}


def test_cut_offs_of_tokens_are_a_kind_of_their_own(revoked):
    """Neither hides the other, and of one kind the latest stays."""
    learn(revoked, CutOff(USER, NOW, 2), CutOff(USER, NOW + 5, token_version=3))
    assert not learn(revoked, CutOff(USER, NOW, token_version=2))
    assert set(revoked.cut_offs[USER]) == {CutOff(USER, NOW, 2), CutOff(USER, NOW + 5, token_version=3)}


@pytest.mark.parametrize(
    ("numbers", "is_revoked"),
    [
        ({"session_version": 7, "token_version": 2}, True),
        ({"session_version": 7, "token_version": 3}, False),
        ({"session_version": 7}, True),  # which is 0
        ({"token_version": 3}, False),
        ({}, True),  # by its time
    ],
    ids=str,
)
def test_a_cut_off_of_tokens_goes_by_their_number(numbers, is_revoked):
    """By time only where a token has none; the number of sessions says nothing."""
    claims = Claims(USER, frozenset(), None, "jti", NOW, NOW + 900, **numbers)
    assert CutOff(USER, NOW + 1, token_version=3).concerns(claims) == is_revoked


@pytest.mark.parametrize(
    ("cut_off", "is_known"),
    [
        (CutOff(USER, NOW), True),
        (CutOff(USER, NOW + 1), False),
        (CutOff(USER, NOW, 1), False),
        (CutOff("another", NOW), False),
    ],
)
def test_what_is_known_is_told(revoked, cut_off, is_known):
    """A cut-off that says no more than the one that was learned is known."""
    learn(revoked, CutOff(USER, NOW))
    assert revoked.knows(cut_off) == is_known


def test_nothing_leaves_too_early(revoked):
    """Until the last token that it concerns is dead, a revocation stays."""
    learn(revoked, EndedSession(SID), CutOff(USER, NOW))
    revoked.forget(now=NOW + KEEP - 1)
    assert len(revoked) == 2


def test_everything_leaves(revoked):
    """Memory is bounded: at most a minute later it is gone."""
    learn(revoked, EndedSession(SID), CutOff(USER, NOW))
    revoked.forget(now=NOW + KEEP + BUCKET_SECONDS)
    assert (len(revoked), revoked.sessions, revoked.cut_offs) == (0, {}, {})


def test_what_is_learned_again_stays_longer(revoked):
    """The later record counts; the earlier bucket goes without it."""
    learn(revoked, EndedSession(SID), CutOff(USER, NOW))
    learn(revoked, EndedSession(SID), CutOff(USER, NOW), at=NOW + 600, now=NOW + 600)
    revoked.forget(now=NOW + KEEP + BUCKET_SECONDS)
    assert len(revoked) == 2
    revoked.forget(now=NOW + 600 + KEEP + BUCKET_SECONDS)
    assert len(revoked) == 0


def test_what_is_over_is_not_learned(revoked):
    """A record older than any token changes nothing."""
    assert not learn(revoked, EndedSession(SID), CutOff(USER, NOW - KEEP), at=NOW - KEEP)
    assert len(revoked) == 0


def test_a_clock_that_is_ahead_elsewhere_fills_nothing(revoked):
    """A record from the future stays no longer than one of now."""
    # F-22
    learn(revoked, EndedSession(SID), at=NOW + 1_000_000)
    revoked.forget(now=NOW + KEEP + BUCKET_SECONDS)
    assert len(revoked) == 0


def test_a_cut_off_in_the_future_stays_until_it_has_come(revoked):
    """It concerns tokens that are still to be issued."""
    learn(revoked, CutOff(USER, NOW + 5_000))
    revoked.forget(now=NOW + 5_000 + KEEP - 1)
    assert revoked.cut_offs == {USER: (CutOff(USER, NOW + 5_000),)}
    revoked.forget(now=NOW + 5_000 + KEEP + BUCKET_SECONDS)
    assert revoked.cut_offs == {}


def test_listeners_hear_news(revoked):
    """Each new revocation is told once, in order, until the subscription ends."""
    heard, also = [], []
    end = revoked.subscribe(heard.append)
    revoked.subscribe(also.append)
    learn(revoked, EndedSession(SID), EndedSession(SID), CutOff(USER, NOW))
    end()
    learn(revoked, EndedSession(OTHER))
    assert heard == [EndedSession(SID), CutOff(USER, NOW)]
    assert also == [*heard, EndedSession(OTHER)]


def test_a_failing_listener_keeps_nothing_from_the_others(revoked, caplog):
    """Its failure is logged, and the next one hears."""
    heard = []

    def broken(_revocation):
        raise ValueError("no")

    revoked.subscribe(broken)
    revoked.subscribe(heard.append)
    learn(revoked, EndedSession(SID))
    assert heard == [EndedSession(SID)]
    assert "a listener failed" in caplog.text
    assert SID not in caplog.text


def test_repetition_takes_no_memory(revoked):
    """However often one session is revoked, it is kept once, and in few buckets."""
    for second in range(600):
        learn(revoked, EndedSession(SID), at=NOW + second, now=NOW + second)
    assert len(revoked) == 1
    assert sum(len(bucket.keys) for bucket in revoked._sessions.buckets.values()) <= 600 // BUCKET_SECONDS + 1


def test_many_cost_little(revoked):
    """An entry costs its text, a place in a table and one in a bucket: under 200 bytes."""
    ids = [f"{number:032x}" for number in range(50_000)]
    learn(revoked, *map(EndedSession, ids))
    tables = sys.getsizeof(revoked.sessions)
    buckets = sum(sys.getsizeof(bucket.keys) for bucket in revoked._sessions.buckets.values())
    assert (tables + buckets) / len(ids) + sys.getsizeof(ids[0]) < 200


def test_readers_need_no_lock(revoked):
    """Threads look up while others learn and forget; what is known is found throughout."""
    learn(revoked, EndedSession(SID))
    missed, done = [], threading.Event()

    def look():
        while not done.is_set():
            if SID not in revoked.sessions:
                missed.append(1)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(20_000):
        learn(revoked, EndedSession(f"{number:032x}"), at=NOW - KEEP + 1)
        if number % 100 == 0:
            revoked.forget(now=NOW + BUCKET_SECONDS)
    done.set()
    for reader in readers:
        reader.join()
    assert missed == []
