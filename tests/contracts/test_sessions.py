"""The contract of a session store; every implementation keeps all of it."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from jwt_auth_core.sessions.session import (
    Accepted,
    Life,
    Refused,
    Verdict,
    find_all,
    new_session_id,
    rotating,
)
from jwt_auth_core.steps import aside, run
from jwt_auth_core.vocabulary import Client
from tests.contracts.rigs import IDLE, MAX_AGE, START, TOKENS, USER, child, children, seen

OK, RESYNC, SUPERSEDED, REUSE = Verdict.OK, Verdict.RESYNC, Verdict.SUPERSEDED, Verdict.REUSE
UNKNOWN, EXPIRED, REVOKED = Verdict.UNKNOWN, Verdict.EXPIRED, Verdict.REVOKED


def test_an_opened_session_is_found(rig):
    """A session tells who opened it, when, how, from where, and when it ends."""
    new, _ = rig.new(methods=("pwd", "otp"))
    session = rig.store.open(new)
    assert session == rig.store.find(new.session_id)
    assert (session.user_id, session.methods, session.client) == (USER, ("pwd", "otp"), new.client)
    assert {session.created_at, session.authenticated_at, session.last_used_at} == {START}
    assert session.ends_at == START + MAX_AGE


def test_several_are_found_as_one_by_one(rig):
    """In their order; what is unknown, ended or expired is None."""
    alive, over, ended = rig.open(), rig.open(methods=("otp",)), rig.open()
    rig.store.end(ended.session_id, "test")
    ids = [one.session_id for one in (ended, over, alive)]
    asked = [*ids, new_session_id(), alive.session_id]
    assert find_all(rig.store, asked) == [rig.store.find(one) for one in asked]
    assert find_all(rig.store, asked)[1:3] == [rig.find(over), rig.find(alive)]
    rig.clock.now += IDLE
    assert find_all(rig.store, asked) == [None] * 5
    assert find_all(rig.store, []) == []


def test_opening_twice_is_opening_once(rig):
    """A caller who never saw the answer may open the same session again."""
    # F-02
    new, first = rig.new()
    rig.store.open(new)
    rig.rotate(first)
    rig.clock.now += 5
    assert rig.store.open(new).created_at == START


@pytest.mark.parametrize("change", [{"user_id": "somebody-else"}, {"digest": bytes(32)}])
def test_a_session_id_is_taken_once(rig, change):
    """No second session takes the place of the first."""
    new, first = rig.new()
    rig.store.open(new)
    with pytest.raises(ValueError, match="in use"):
        rig.store.open(replace(new, **change))
    assert rig.rotate(first) == [OK]


def test_an_ended_session_is_not_opened_again(rig):
    """A tombstone is not overwritten (I5)."""
    new, first = rig.new()
    rig.store.open(new)
    rig.store.end(new.session_id, "logout")
    with pytest.raises(ValueError, match="in use"):
        rig.store.open(new)
    assert rig.rotate(first) == [REVOKED]


def test_what_the_client_sent_is_cut_and_cleaned(rig):
    """200 printable ASCII characters of a user agent are kept, whatever was sent."""
    new, _ = rig.new()
    sent = Client("2001:db8::1", "a\t\r\n\0\x1b[31m\ud800é" + "x" * 5000)
    rig.store.open(replace(new, client=sent))
    kept = rig.store.find(new.session_id).client
    assert kept == Client("2001:db8::1", "a?????[31m??" + "x" * 188)


def test_an_unknown_client_stays_unknown(rig):
    """Neither address nor user agent need be known."""
    new, _ = rig.new()
    rig.store.open(replace(new, client=Client("", None)))
    assert rig.store.find(new.session_id).client == Client(None, None)


def test_a_chain_of_children_goes_on(rig):
    """Each child that is used takes its parent's place."""
    token = rig.open()
    for _ in range(5):
        assert rig.rotate(token) == [OK]
        token = child(token)
    assert rig.lineage(token.session_id).generation == 4


def test_an_answer_tells_of_the_session(rig):
    """What goes on comes with its owner and its times, which the store keeps, too."""
    first = rig.open()
    rig.clock.now += 7
    told = rig.one(first)
    assert told == Accepted(OK, first.session_id, USER, Life(START, START + MAX_AGE, 0, ("pwd",)))
    assert told.life == rig.find(first).life
    assert (rig.find(first).created_at, rig.find(first).last_used_at) == (START, START + 7)


def test_a_session_keeps_the_users_number(rig):
    """It tells under which session version of its user it began, whenever it is asked."""
    # RF-11
    first = rig.open(session_version=3)
    second = child(first)
    assert rig.find(first).session_version == rig.one(first).life.session_version == 3
    assert rig.one(second).life.session_version == rig.find(second).session_version == 3


def test_a_session_of_before_has_no_number(rig):
    """A record that an older version wrote goes on without one."""
    first = rig.open(session_version=3)
    rig.forget_number(first.session_id)
    assert rig.find(first).session_version is None
    assert rig.one(first).life == Life(START, START + MAX_AGE, None, ("pwd",))


def test_how_and_when_a_user_proved_it_stays_as_it_was(rig):
    """A session may continue another's proof; nothing that comes later makes it fresher or surer."""
    proof = (START - 300, ("pwd", "otp", "mfa"))
    token = rig.open(authenticated_at=proof[0], methods=proof[1])
    for turn in range(3):
        rig.clock.now += 7
        life, found = rig.one(token).life, rig.find(token)
        assert (life.authenticated_at, life.methods) == (found.authenticated_at, found.methods) == proof
        assert (found.created_at, found.ends_at, turn) == (START, START + MAX_AGE, turn)
        token = child(token)


def test_a_lost_response_costs_nothing(rig):
    """The same token may be presented again and again while none of its children was used."""
    # RF-02
    first = rig.open()
    assert rig.rotate(first) == rig.rotate(first) == [OK]
    rig.clock.now += IDLE - 1
    assert rig.rotate(first) == [OK]
    assert rig.rotate(child(first)) == [OK]


def test_any_one_child_goes_on(rig):
    """Of many children the first one used becomes current."""
    # RF-03
    first = rig.open()
    tabs = children(first, 3)
    assert rig.rotate(tabs[2], tabs[2]) == [OK, OK]
    assert rig.rotate(tabs[0]) == [SUPERSEDED]


def test_the_overtaken_are_refused_without_alarm(rig):
    """For ten seconds the parent and its other children are refused, and nothing changes."""
    first = rig.open()
    left, right = children(first, 2)
    rig.rotate(left)
    before = rig.lineage(first.session_id)
    rig.clock.now += 10
    assert rig.rotate(first, right) == [SUPERSEDED, SUPERSEDED]
    assert rig.lineage(first.session_id) == before
    assert rig.rotate(left) == [OK]


@pytest.mark.parametrize("which", [0, 1], ids=["parent", "sibling"])
def test_later_it_is_reuse(rig, which):
    """After the grace the session ends for everybody."""
    # RF-04, RF-05
    first = rig.open()
    left, right = children(first, 2)
    rig.rotate(left)
    rig.clock.now += 11
    told = rig.one([first, right][which])
    assert told == Refused(REUSE, first.session_id, USER, "reuse")
    assert rig.rotate(left, child(left), first) == [REVOKED] * 3


def test_grandparents_have_no_grace(rig):
    """A token two generations old is reuse at once (I4)."""
    first = rig.open()
    second = child(first)
    third = child(second)
    rig.rotate(first, second, third)
    assert rig.rotate(first) == [REUSE]


def test_a_token_of_another_lineage_is_reuse(rig):
    """A child whose parent was never current does not get in (I2)."""
    first = rig.open()
    stranger = replace(child(first), parent=bytes(32))
    assert rig.rotate(stranger) == [REUSE]


def test_a_store_that_lost_writes_catches_up(rig):
    """The holder of the newest token goes on after an earlier state came back (I9)."""
    # F-06
    first = rig.open()
    saved = rig.save(first.session_id)
    second = child(first)
    third = child(second)
    rig.rotate(first, second, third)
    rig.restore(first.session_id, saved)
    told = rig.one(third)
    assert (told.verdict, told.life) == (RESYNC, rig.find(third).life)
    assert rig.rotate(child(third)) == [OK]


def test_a_batch_keeps_its_order(rig):
    """Answers stand in the order of the tokens; one refusal spoils nothing."""
    good, spent = rig.open(), rig.open()
    middle = child(spent)
    rig.rotate(spent, middle, child(middle))
    ended = rig.open()
    rig.store.end(ended.session_id, "logout")
    stranger = seen(TOKENS.first(new_session_id()))
    batch = [stranger, good, spent, ended, good, child(good)]
    told = rig.store.rotate(batch)
    assert [one.verdict for one in told] == [UNKNOWN, OK, REUSE, REVOKED, OK, OK]
    assert [one.session_id for one in told] == [one.session_id for one in batch]


def test_an_empty_batch_is_answered(rig):
    """No token, no answer; neither in steps, where the store has any."""
    steps = rotating(rig.store) or aside(rig.store.rotate)
    assert rig.store.rotate([]) == run(steps([])) == []


def test_a_large_batch_is_answered(rig):
    """Five hundred sessions go together."""
    batch = [rig.open() for _ in range(100)] * 5
    assert rig.rotate(*batch) == [OK] * 500


def test_the_check_passes(rig):
    """A store that works says so."""
    rig.store.check()


def test_parallel_refreshes_have_one_winner(rig):
    """64 threads present children of one token: one lineage goes on, nobody is taken for a thief."""
    # RF-01
    first = rig.open()
    tabs, told, start = children(first, 64), {}, Barrier(64)

    def refresh(tab):
        start.wait(60)
        told[tab] = rig.one(tab).verdict

    threads = [Thread(target=refresh, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    winners = [tab for tab, verdict in told.items() if verdict is OK]
    assert len(told) == 64
    assert len(winners) == 1
    assert set(told.values()) == {OK, SUPERSEDED}
    assert rig.rotate(child(winners[0])) == [OK]


def test_reuse_ends_at_once_for_all(rig):
    """Once one call was answered reuse, no later one is answered ok (I11)."""
    first = rig.open()
    second = child(first)
    third = child(second)
    rig.rotate(first, second, third)
    assert rig.rotate(first, second, third, first) == [REUSE, REVOKED, REVOKED, REVOKED]
