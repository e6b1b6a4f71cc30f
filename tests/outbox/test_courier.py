"""The courier: what becomes of a message by what its recipient answers, and when the next turn is due."""

from __future__ import annotations

import logging

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.outbox import NEEDLESS, Failure, SqlOutbox, courier
from jwt_auth_core.outbox.courier import (
    BATCH,
    CONTENDED_SECONDS,
    FORGET_SECONDS,
    LEASE_SECONDS,
    LONGEST_REST_SECONDS,
    LONGEST_SECONDS,
    POLL_SECONDS,
    Courier,
)
from jwt_auth_core.outbox.message import MOST_ATTEMPTS, WAITS_SECONDS
from jwt_auth_core.outbox.sql import KEEP_SECONDS

DOWN = Failure("unreachable", is_down=True)
BAD = Failure("http_500")


def test_all_that_is_due_is_delivered_in_order(desk):
    """However many there are; then it looks again as usual."""
    names = [f"m{number:02}" for number in range(2 * BATCH + 1)]
    desk.add(*names)
    assert desk.courier.turn() == POLL_SECONDS
    assert desk.ids() == names
    assert desk.rows() == []
    assert desk.courier.delivered == len(names)


def test_what_failed_is_tried_again_under_its_id(desk):
    """After its wait, and no earlier; the others do not wait for it."""
    # F-25
    desk.add("m1", "m2")
    desk.answers = [BAD]
    assert desk.courier.turn() == WAITS_SECONDS[0]
    assert desk.rows() == [("m1", "waiting", WAITS_SECONDS[0], 1, "http_500")]
    desk.now += WAITS_SECONDS[0] - 1
    assert desk.courier.turn() == 1
    desk.now += 1
    desk.courier.turn()
    assert desk.seen == [("m1", 1), ("m2", 1), ("m1", 2)]
    assert desk.rows() == []


def test_after_the_last_attempt_it_is_dead(desk, caplog):
    """Which is logged with its id and reason, and it is tried no more."""
    desk.add("m1")
    desk.answers = [BAD] * MOST_ATTEMPTS
    for wait in (*WAITS_SECONDS, 10 * 86_400):
        desk.courier.turn()
        desk.now += wait
    assert desk.courier.turn() == POLL_SECONDS
    assert [one[1] for one in desk.rows()] == ["dead"]
    assert len(desk.seen) == MOST_ATTEMPTS
    assert (desk.courier.failed, desk.courier.dead) == (MOST_ATTEMPTS - 1, 1)
    assert "the webhook message m1 is dead after attempt 10: http_500" in caplog.text


def test_what_no_attempt_helps_is_dead_at_once(desk):
    """A recipient that is gone does not come back."""
    desk.add("m1")
    desk.answers = [Failure("gone", is_final=True)]
    desk.courier.turn()
    assert [(one[1], one[4]) for one in desk.rows()] == [("dead", "gone")]


def test_a_recipient_may_ask_for_a_time(desk):
    """Within bounds it is given."""
    desk.add("m1")
    desk.answers = [Failure("http_429", retry_after_seconds=77)]
    desk.courier.turn()
    assert desk.rows() == [("m1", "waiting", 77, 1, "http_429")]


def test_a_fault_of_the_sender_loses_nothing(desk, caplog):
    """It counts as a failure, and is logged whole."""
    desk.add("m1", "m2")
    desk.answers = [ZeroDivisionError("fault")]
    desk.courier.turn()
    assert [(one[0], one[4]) for one in desk.rows()] == [("m1", "unexpected_error")]
    assert "ZeroDivisionError" in caplog.text


def test_while_nobody_answers_one_message_asks(desk, caplog):
    """The others are not tried in vain, and their attempts do not count; the rest grows each time."""
    desk.add("m1", "m2", "m3")
    desk.answers = [DOWN, DOWN, DOWN]
    assert desk.courier.turn() == POLL_SECONDS
    assert desk.ids() == ["m1"]
    assert [one[3] for one in desk.rows()] == [0, 0, 0]
    for rest, asks in ((5, "m2"), (10, "m3"), (20, "m1")):
        desk.now += rest - 1
        assert desk.courier.turn() == 1
        assert desk.ids() == []
        desk.now += 1
        desk.courier.turn()
        assert desk.ids()[0] == asks
    assert desk.rows()[1:] == []
    assert caplog.text.count("nobody takes webhook messages: unreachable;") == 1
    assert caplog.text.count("webhook messages are taken again") == 1


def test_a_rest_has_an_end(desk):
    """Five minutes, however long nobody answers; as long as is asked for, up to that."""
    desk.add(*(f"m{number:02}" for number in range(12)))
    desk.answers = [DOWN] * 11
    for _ in range(11):
        desk.courier.turn()
        desk.now += int(LONGEST_REST_SECONDS)
    assert len(desk.ids()) == 11
    desk.answers = [Failure("http_503", retry_after_seconds=10**9, is_down=True)]
    desk.courier.turn()
    desk.ids()
    desk.now += int(LONGEST_REST_SECONDS)
    desk.courier.turn()
    assert desk.ids()


def test_of_two_kinds_one_goes_on_while_the_other_rests(desk):
    """Nobody's letters wait for somebody's webhooks."""
    desk.add("m1", "m2")
    desk.add("l1", "l2", kind="letter")
    desk.answers = [DOWN]
    courier = desk.another("letter")
    courier.turn()
    assert desk.ids() == ["m1", "l1", "l2"]
    desk.add("l3", kind="letter")
    courier.turn()
    assert desk.ids() == ["l3"]


def test_it_ends_between_two_messages(desk):
    """What it had claimed is free for another worker at once."""
    desk.add("m1", "m2", "m3")
    desk.answers = [lambda _message: desk.courier.stop.set()]
    assert desk.courier.turn() == POLL_SECONDS
    assert desk.ids() == ["m1"]
    desk.another().turn()
    assert desk.seen == [("m2", 1), ("m3", 1)]


def test_nothing_is_begun_that_may_outlast_the_lease(desk):
    """After slow deliveries the rest is given back, and claimed anew."""

    def slow(_message):
        desk.now += LEASE_SECONDS - int(LONGEST_SECONDS) + 1

    desk.add("m1", "m2")
    desk.answers = [slow]
    desk.courier.turn()
    assert desk.seen == [("m1", 1), ("m2", 1)]
    assert desk.rows() == []


def test_a_late_delivery_is_one(desk):
    """Another worker had it in the meantime: it is not tried a third time."""

    def stuck(_message):
        desk.now += LEASE_SECONDS
        desk.another().turn()

    desk.add("m1")
    desk.answers = [stuck]
    desk.courier.turn()
    assert desk.seen == [("m1", 1), ("m1", 2)]
    assert desk.rows() == []


def test_what_another_worker_takes_is_left_to_it(desk, monkeypatch):
    """Found due and already taken, it is looked for again soon, not over and over."""
    desk.add("m1")
    monkeypatch.setattr(desk.store, "claim", lambda _kind, **_words: [])
    assert desk.courier.turn() == CONTENDED_SECONDS


def test_a_database_that_is_gone_is_told_of_once(desk, monkeypatch, caplog):
    """The next turns try again; a later failure is told of again."""

    def gone(_kind):
        raise StoreUnavailableError("database", "does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "due_in", gone)
        assert [desk.courier.step(), desk.courier.step()] == [POLL_SECONDS] * 2
    assert desk.courier.step() == POLL_SECONDS
    monkeypatch.setattr(desk.store, "due_in", gone)
    desk.courier.step()
    assert [one.levelname for one in caplog.records] == ["WARNING"] * 2
    assert "the outbox waits: database does not answer" in caplog.text


def test_the_old_are_forgotten_now_and_then(desk, caplog):
    """Once an hour, with an error: somebody never heard of something."""
    desk.courier.turn()
    desk.add("m1", kind="letter")
    desk.now += KEEP_SECONDS
    desk.courier._forget_next = desk.now + 1
    desk.courier.turn()
    assert len(desk.rows()) == 1
    desk.now += int(FORGET_SECONDS)
    desk.courier.turn()
    assert desk.rows() == []
    assert [one.levelno for one in caplog.records] == [logging.ERROR]


def test_an_outage_uses_up_no_message(desk):
    """However long it was, all that waited goes out with the first that is taken."""
    desk.add("m1")
    desk.answers = [DOWN] * (2 * MOST_ATTEMPTS)
    for _ in range(2 * MOST_ATTEMPTS):
        desk.courier.turn()
        assert [one[1:2] + one[3:] for one in desk.rows()] == [("waiting", 0, "unreachable")]
        desk.now += int(LONGEST_REST_SECONDS) + 1
    desk.add("m2", "m3")
    desk.courier.turn()
    assert desk.rows() == []
    assert desk.courier.failed == 2 * MOST_ATTEMPTS


def test_what_comes_while_the_way_is_shut_asks_first(desk):
    """It waits no longer than that: the next to find nobody may be the one that nobody takes."""

    def picky(message):
        return DOWN if message.id == "m1" else None

    desk.add("m1")
    desk.answers = [picky] * 20
    for _ in range(10):  # until it is shut for the longest time
        desk.courier.turn()
        desk.now += int(LONGEST_REST_SECONDS) + 1
    desk.courier.turn()
    desk.add("m2")
    desk.now += int(LONGEST_REST_SECONDS)
    desk.courier.turn()
    assert desk.ids()[-1] == "m2"
    assert [one[0] for one in desk.rows()] == ["m1"]


def test_no_more_is_remembered_of_an_outage_than_there_is_room_for(desk, monkeypatch):
    """Who is forgotten is blameless once more, and asks again."""
    monkeypatch.setattr(courier, "MOST_REMEMBERED", 1)
    desk.add("m1", "m2")
    desk.answers = [DOWN, DOWN]
    for _ in range(3):
        desk.courier.turn()
        desk.now += 20
    assert desk.rows() == []


def test_a_message_that_nobody_takes_stops_no_other(desk):
    """Where others were taken since it found nobody, it is tried by its own plan, to the end of that."""

    def picky(message):
        return DOWN if message.id == "m1" else None

    desk.add("m1")
    desk.answers = [picky] * 100
    for number in range(MOST_ATTEMPTS + 1):
        desk.courier.turn()
        desk.now += WAITS_SECONDS[0] + 1
        desk.add(f"n{number:02}")
        desk.courier.turn()
        desk.now += WAITS_SECONDS[-1]
    assert [one[:2] + one[3:] for one in desk.rows()] == [("m1", "dead", MOST_ATTEMPTS, "unreachable")]


@pytest.mark.parametrize("count", [0, 1])
def test_without_senders_nothing_is_asked(database, count, monkeypatch):
    """Where nobody delivers anything."""
    asked = []
    store = SqlOutbox(database)
    monkeypatch.setattr(store, "due_in", asked.append)
    Courier(store, {"webhook": lambda _message: None} if count else {}).turn()
    assert len(asked) == count


def test_message_that_nobody_needs_says_nothing_of_the_way(desk):
    """It goes, is no delivery, and does not open a way that was found shut."""
    desk.add("a")
    desk.answers = [DOWN, NEEDLESS, DOWN]
    desk.courier.turn()
    desk.add("b", "c")
    desk.now += 5
    desk.courier.turn()
    assert (desk.ids(), desk.courier.delivered, desk.courier.failed) == (["a", "b", "c"], 0, 2)
    assert [row[0] for row in desk.rows()] == ["a", "c"]
    desk.now += 9  # the second failure shut it for ten
    desk.courier.turn()
    assert desk.ids() == []
