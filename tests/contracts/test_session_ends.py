"""The contract of a session store, continued: how sessions end, and stay ended."""

from dataclasses import replace
from threading import Event, Thread

import pytest

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.sessions.session import NewSession, Verdict, new_session_id
from tests.contracts.rigs import IDLE, MAX_AGE, START, TOKENS, USER, child, children, seen

OK, REUSE, SUPERSEDED = Verdict.OK, Verdict.REUSE, Verdict.SUPERSEDED
UNKNOWN, EXPIRED, REVOKED = Verdict.UNKNOWN, Verdict.EXPIRED, Verdict.REVOKED


def test_idling_ends_a_session(rig):
    """The idle limit is exact: the last second counts, the next does not."""
    # RF-10
    lazy, late = rig.open(), rig.open()
    rig.clock.now += IDLE - 1
    assert rig.rotate(lazy) == [OK]
    rig.clock.now += 1
    assert rig.find(late) is None
    assert rig.rotate(late) == [EXPIRED]
    assert rig.rotate(late, lazy) == [UNKNOWN, OK]


def test_use_does_not_move_the_absolute_end(rig):
    """However often it is used, a session ends when it was said to end."""
    # RF-10
    token = rig.open()
    for _ in range(MAX_AGE // 500 - 1):
        rig.clock.now += 500
        assert rig.rotate(token) == [OK]
    rig.clock.now += 499
    assert rig.one(token).life.ends_at == START + MAX_AGE
    rig.clock.now += 1
    assert rig.rotate(token) == [EXPIRED]


def test_what_expired_does_not_come_back(rig):
    """Not even when the clock is set back (I5)."""
    # F-22
    token = rig.open()
    rig.clock.now += IDLE
    assert rig.rotate(token) == [EXPIRED]
    rig.clock.now = START
    assert rig.rotate(token) == [UNKNOWN]


def test_a_clock_set_back_kills_nobody(rig):
    """Within a step back the overtaken are still only refused, and the current token goes on."""
    # F-22
    first = rig.open()
    left, right = children(first, 2)
    rig.rotate(left)
    rig.clock.now -= 300
    assert rig.rotate(right, left, child(left)) == [SUPERSEDED, OK, OK]


def test_ending_is_final(rig):
    """An ended session refuses every token, is not found, and keeps its first reason."""
    # RF-06
    first = rig.open()
    rig.store.end(first.session_id, "logout")
    rig.store.end(first.session_id, "disabled")
    told = rig.one(first)
    assert (told.verdict, told.user_id, told.reason) == (REVOKED, USER, "logout")
    assert rig.rotate(child(first), child(child(first))) == [REVOKED, REVOKED]
    assert rig.find(first) is None


def test_a_tombstone_outlives_the_idle_limit(rig):
    """What was ended is known until the session would have ended by itself."""
    # RF-06
    first = rig.open()
    rig.store.end(first.session_id, "logout")
    rig.clock.now += MAX_AGE - 1
    assert rig.rotate(first) == [REVOKED]


def test_ending_an_unknown_session_changes_nothing(rig):
    """There is nothing to end, and nothing breaks."""
    stranger = seen(TOKENS.first(new_session_id()))
    rig.store.end(stranger.session_id, "logout")
    assert rig.lineage(stranger.session_id) is None
    assert rig.rotate(stranger) == [UNKNOWN]


def test_a_forgotten_session_is_unknown(rig):
    """Alive or ended, nothing is left of it, and another is what it was."""
    alive, ended, other = rig.open(), rig.open(), rig.open()
    rig.store.end(ended.session_id, "logout")
    for one in (alive, ended):
        rig.store.forget(one.session_id)
        rig.store.forget(one.session_id)
    assert rig.rotate(alive, ended, child(other)) == [UNKNOWN, UNKNOWN, OK]
    assert rig.find(alive) is None


@pytest.mark.parametrize(
    "text", ["", "*", "{}", "a\r\nb", "A" * 32, "0" * 31, "0" * 32 + "\n", "٠" * 32, "0" * 1_000_000]
)
def test_only_session_ids_reach_the_store(rig, text):
    """Whatever is no session id is refused before any key is made of it."""
    # RF-09
    presented = replace(rig.open(), session_id=text)
    for call in (
        lambda: NewSession(text, USER, bytes(32)),
        lambda: rig.store.find(text),
        lambda: rig.store.end(text, "logout"),
        lambda: rig.store.forget(text),
        lambda: rig.store.rotate([presented]),
    ):
        with pytest.raises(InvalidInputError, match="32 lower-case hexadecimal"):
            call()


@pytest.mark.parametrize("reason", ["", "two words", "tab\there", "x" * 65, "\r\n"])
def test_a_reason_is_a_word(rig, reason):
    """A reason is ours, short and printable."""
    with pytest.raises(ValueError, match="reason"):
        rig.store.end(rig.open().session_id, reason)


def test_after_reuse_no_call_is_accepted(rig):
    """While others refresh, one call finds reuse: no call that begins later is answered ok (I11)."""
    # RF-04
    first = rig.open()
    second = child(first)
    rig.rotate(first, second)
    rig.clock.now += 11
    found, late = Event(), []

    def refresh():
        for _ in range(40):
            began_later = found.is_set()
            late.append((began_later, rig.one(second).verdict))

    threads = [Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    told = rig.one(first).verdict
    found.set()
    for thread in threads:
        thread.join(60)
    assert told is REUSE
    assert {verdict for _, verdict in late} <= {OK, REVOKED}
    assert OK not in {verdict for began_later, verdict in late if began_later}
    assert rig.rotate(second) == [REVOKED]
