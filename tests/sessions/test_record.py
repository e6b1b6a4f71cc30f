"""The rule, row by row, as the protocol's table has it."""

from dataclasses import replace

import pytest

from jwt_auth_core.sessions.record import GRACE_SECONDS, Record, decide
from jwt_auth_core.sessions.session import Accepted, NewSession, Refused, Session, Verdict, checked_lifetimes
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import SessionId, UserId

NOW, IDLE = 1_000_000, 100
SESSION = SessionId("ab" * 16)
CURRENT, PREVIOUS, OTHER, NONE = b"c" * 32, b"p" * 32, b"o" * 32, bytes(32)
LIVE = Record(
    Session(SESSION, UserId("u"), NOW - 50, NOW - 50, NOW - 20, NOW + 1000),
    CURRENT,
    confirmed_at=NOW - 5,
    generation=7,
    previous=PREVIOUS,
)
USED = replace(LIVE.session, last_used_at=NOW)


def judged(record, *, digest=OTHER, parent=OTHER, generation=8, now=NOW):
    """Decide on one token."""
    return decide(record, Presented(SESSION, generation, digest, parent), now=now, idle_seconds=IDLE)


def test_row_1_no_record():
    """Without a record the token is unknown."""
    assert judged(None).verdict is Verdict.UNKNOWN


def test_row_1_tombstone():
    """A tombstone refuses, whatever comes, also past its end."""
    stone = LIVE.ended("logout", now=NOW - 1)
    for now in (NOW, NOW + 5000):
        decision = judged(stone, digest=CURRENT, generation=7, now=now)
        assert (decision.verdict, decision.record) == (Verdict.REVOKED, stone)


@pytest.mark.parametrize("now", [NOW + 80, NOW + 5000])
def test_row_1_expired(now):
    """At the idle limit the session is over, and nothing of it stays."""
    decision = judged(LIVE, digest=CURRENT, generation=7, now=now)
    assert (decision.verdict, decision.record) == (Verdict.EXPIRED, None)


def test_row_1_the_absolute_end():
    """The absolute end is exact and stronger than use."""
    busy = replace(LIVE, session=replace(LIVE.session, last_used_at=NOW + 999))
    assert judged(busy, digest=CURRENT, generation=7, now=NOW + 999).verdict is Verdict.OK
    assert judged(busy, digest=CURRENT, generation=7, now=NOW + 1000).verdict is Verdict.EXPIRED


def test_row_2_first_exchange_of_the_current_token():
    """Its first use is noted, and nothing else but the time."""
    decision = judged(LIVE, digest=CURRENT, generation=7)
    assert decision == type(decision)(Verdict.OK, replace(LIVE, session=USED, used_at=NOW))


def test_row_2_again():
    """A retry leaves the time of the first use."""
    before = replace(LIVE, used_at=NOW - 3)
    assert judged(before, digest=CURRENT, generation=7).record == replace(before, session=USED)


def test_row_2_needs_the_generation():
    """The current digest with another generation is no retry."""
    assert judged(LIVE, digest=CURRENT, generation=6).verdict is Verdict.REUSE


def test_row_3_a_child_is_promoted():
    """A child of the current token takes its place."""
    decision = judged(LIVE, parent=CURRENT)
    assert decision.verdict is Verdict.OK
    expected = replace(LIVE, session=USED, current=OTHER, generation=8, previous=CURRENT)
    assert decision.record == replace(expected, confirmed_at=NOW, used_at=NOW)


def test_row_4_the_store_lost_writes():
    """A token from further ahead is adopted, with its parent as what came before."""
    decision = judged(LIVE, generation=9)
    assert decision.verdict is Verdict.RESYNC
    assert (decision.record.current, decision.record.generation) == (OTHER, 9)
    assert (decision.record.previous, decision.record.confirmed_at) == (OTHER, NOW)


@pytest.mark.parametrize(
    "token", [{"digest": PREVIOUS, "generation": 6}, {"parent": PREVIOUS, "generation": 7}]
)
def test_row_5_overtaken(token):
    """The previous token and its children are refused for the grace, which has an exact end."""
    at_last = LIVE.confirmed_at + GRACE_SECONDS
    assert judged(LIVE, **token, now=at_last) == judged(LIVE, **token)
    assert judged(LIVE, **token).verdict is Verdict.SUPERSEDED
    assert judged(LIVE, **token).record is LIVE
    assert judged(LIVE, **token, now=at_last + 1).verdict is Verdict.REUSE


def test_row_5_zeros_are_nobodys_child():
    """Before the first promotion there is no previous token that zeros could name."""
    young = replace(LIVE, generation=0, previous=None)
    assert judged(young, parent=NONE, generation=0).verdict is Verdict.REUSE


def test_row_6_anything_else():
    """The rest is reuse: the session becomes a tombstone, everything else as it was."""
    decision = judged(LIVE, generation=8)
    assert decision.verdict is Verdict.REUSE
    assert decision.record == replace(LIVE, ended_reason="reuse", ended_at=NOW)


def test_only_the_accepted_are_told_of_the_session():
    """A rotation carries a session's times exactly when the client may go on."""
    kinds = [judged(LIVE, parent=CURRENT), judged(LIVE, generation=9), judged(LIVE), judged(None)]
    told = [one.rotation(SESSION) for one in kinds]
    assert [type(one) for one in told] == [Accepted, Accepted, Refused, Refused]
    assert [one.life for one in told[:2]] == [LIVE.session.life] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"digest": b"short"}, {"user_id": ""}, {"user_id": "a b"}, {"methods": ()}, {"methods": ("a\tb",)}],
)
def test_a_new_session_is_checked(wrong):
    """What a store could not keep is refused when it is made."""
    facts = {"session_id": SESSION, "user_id": "u", "digest": CURRENT}
    with pytest.raises(ValueError, match=r"bytes|ASCII"):
        NewSession(**{**facts, **wrong})


@pytest.mark.parametrize("wrong", [(0, 1), (1, 0), (-5, 5)])
def test_lifetimes_are_positive(wrong):
    """A session lives at least a second."""
    with pytest.raises(ValueError, match="second"):
        checked_lifetimes(idle_seconds=wrong[0], max_age_seconds=wrong[1])
