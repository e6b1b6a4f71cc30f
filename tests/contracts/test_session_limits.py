"""How often a session may be presented: one step with the rotation, in every store; nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from jwt_auth_core.rate_limits.rate import parse_rates
from jwt_auth_core.rate_limits.record_limit import RecordLimit
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import START, USER, child, children

OK, SUPERSEDED, REUSE, REVOKED = Verdict.OK, Verdict.SUPERSEDED, Verdict.REUSE, Verdict.REVOKED
LIMITED = Verdict.LIMITED
FIVE = RecordLimit(Rule("refresh", parse_rates("5/50 seconds")))
BOTH = RecordLimit(Rule("refresh", parse_rates("3/3 seconds;5/50 seconds")))
THREE = RecordLimit(Rule("refresh", parse_rates("3/day")))
NONE = RecordLimit(Rule("refresh", ()))
MICROSECONDS = 1_000_000


@pytest.fixture
def limited(rig):
    """Return what puts a limit on the store, until the test is over."""
    plain = rig.store

    def put(limit=FIVE):
        rig.store = rig.made(limit)
        return rig

    yield put
    rig.store = plain


def test_the_sixth_is_one_too_many(limited):
    """It changes nothing: the same token goes as soon as one more may."""
    rig = limited()
    token = rig.open()
    assert rig.rotate(*[token] * 7) == [OK] * 5 + [LIMITED] * 2
    before = rig.lineage(token.session_id)
    rig.clock.now += 9
    assert (rig.rotate(token), rig.lineage(token.session_id)) == ([LIMITED], before)
    rig.clock.now += 1
    assert rig.rotate(token, token) == [OK, LIMITED]


def test_a_child_that_was_refused_goes_later(limited):
    """Nothing was confirmed by it, and its parent is as good as before."""
    rig = limited()
    first = rig.open()
    rig.rotate(*[first] * 5)
    next_one = child(first)
    assert rig.rotate(next_one, first) == [LIMITED] * 2
    rig.clock.now += 10
    assert rig.rotate(next_one) == [OK]
    assert rig.lineage(first.session_id).generation == 1


def test_two_tabs_still_work(limited):
    """The one that comes second and is over the limit is told to wait, then that it was overtaken."""
    rig = limited()
    first = rig.open()
    rig.rotate(*[first] * 4)
    left, right = children(first, 2)
    assert rig.rotate(left, right) == [OK, LIMITED]
    rig.clock.now += 10
    assert rig.rotate(right) == [SUPERSEDED]
    rig.clock.now += 10
    assert rig.rotate(child(left)) == [OK]


@pytest.mark.parametrize("ending", ["overtaken", "ended"])
def test_refusals_count_too(limited, ending):
    """Whoever presents what is overtaken or ended over and over has to wait as well."""
    rig = limited()
    first = rig.open()
    rig.rotate(child(first))
    if ending == "ended":
        rig.store.end(first.session_id, "logout")
    verdict = REVOKED if ending == "ended" else SUPERSEDED
    assert rig.rotate(*[first] * 5) == [verdict] * 4 + [LIMITED]


def test_reuse_is_found_over_the_limit(limited):
    """A spent token ends the session, though it is one too many (I4)."""
    # RF-04
    rig = limited()
    first = rig.open()
    second = child(first)
    third = child(second)
    rig.rotate(first, second, *[third] * 3)
    assert rig.rotate(third, first) == [LIMITED, REUSE]
    assert rig.lineage(first.session_id).ended == "reuse"


def test_a_thief_gains_nothing_by_using_it_up(limited):
    """What is over the limit confirms no stolen child, and its owner's next token tells of it later."""
    rig = limited()
    first = rig.open()
    stolen, own = children(first, 2)
    assert rig.rotate(*[stolen] * 6) == [OK] * 5 + [LIMITED]
    rig.clock.now += 11
    assert rig.rotate(own, stolen) == [REUSE, REVOKED]


def test_a_session_has_a_limit_of_its_own(limited):
    """In one batch, too."""
    rig = limited()
    one, other = rig.open(), rig.open()
    assert rig.rotate(*[one, other] * 6) == [OK] * 10 + [LIMITED] * 2


def test_all_rates_hold(limited):
    """Three at once and five in all; each refills at its own pace."""
    rig = limited(BOTH)
    token = rig.open()
    assert rig.rotate(*[token] * 4) == [OK] * 3 + [LIMITED]
    rig.clock.now += 3
    assert rig.rotate(*[token] * 3) == [OK] * 2 + [LIMITED]
    rig.clock.now += 7
    assert rig.rotate(token, token) == [OK, LIMITED]


def test_a_refusal_tells_by_what(limited):
    """Whose session it is, what was counted, and when: the verdicts of a limit follow from that."""
    rig = limited()
    token = rig.open()
    rig.rotate(*[token] * 5)
    told = rig.one(token)
    assert (told.user_id, told.reason) == (USER, None)
    assert told.counted.at == START * MICROSECONDS
    assert told.counted.counts == {"5/50": (START + 50) * MICROSECONDS}
    refusal = FIVE.refusal(told.counted.counts, told.counted.at)
    assert (refusal.code, refusal.retry_after) == ("rate_limited", 10)


def test_another_rate_counts_anew(limited):
    """A rate meets nothing of another one; without any nothing is limited, and nothing forgotten."""
    rig = limited()
    token = rig.open()
    rig.rotate(*[token] * 6)
    limited(THREE)
    assert rig.rotate(*[token] * 4) == [OK] * 3 + [LIMITED]
    limited(NONE)
    assert rig.rotate(*[token] * 9) == [OK] * 9
    limited(FIVE)
    assert rig.rotate(token) == [LIMITED]


def test_an_idle_session_still_ends(limited):
    """What is refused by the limit is no use of the session: it lives no longer by it."""
    # RF-10
    rig = limited()
    token = rig.open()
    rig.rotate(*[token] * 5)
    assert rig.rotate(token) == [LIMITED]
    assert rig.find(token).last_used_at == START


def test_at_once_no_more_go_than_may(limited):
    """Of forty in eight threads exactly five are let in, whoever comes first."""
    rig = limited()
    token, told, begin = rig.open(), [], Barrier(8)

    def refresh():
        begin.wait(60)
        told.extend(rig.one(token).verdict for _ in range(5))

    threads = [Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (told.count(OK), told.count(LIMITED)) == (5, 35)


def test_without_a_clock_of_ours_it_counts_too(rig):
    """By the time of the server, as sessions live."""
    # F-22
    rig_clock, rig.clock = rig.clock, None
    try:
        store = rig.made(FIVE)
    finally:
        rig.clock = rig_clock
    new, token = rig.new()
    store.open(new)
    found = [one.verdict for one in store.rotate([token] * 6)]
    assert found == [OK] * 5 + [LIMITED]
    assert store.rotate([replace(token, generation=9)])[0].verdict is LIMITED
