"""What limits refuse is one event a rule, key and window, with a count, whichever process refused."""

from contextlib import suppress

import pytest

from jwt_auth_core.audit import refusals as module
from jwt_auth_core.audit.refusals import GRACE_SECONDS, Refusals
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.events.refused import Refused, Whose
from jwt_auth_core.vocabulary import Client, UserId

ADDRESS = Client("192.0.2.7", "curl")


def refused(rule="login_failures", key="digest", seconds=60, **whose):
    """Return a refusal."""
    return Refused(rule=rule, key=key, seconds=seconds, whose=Whose(**(whose or {"client": ADDRESS})))


class Process:
    """A process on a desk: its refusals, whose thread does nothing during the test, and its events."""

    def __init__(self, desk):
        self.desk, self.events = desk, []
        self.refusals = Refusals(desk.database, self.events.append, clock=lambda: desk.now)
        self.refusals._repeating.is_closed = True

    def refuse(self, times=1, **what):
        """Refuse so often."""
        for _ in range(times):
            self.refusals.note(refused(**what))

    def told(self, seconds=60 + GRACE_SECONDS):
        """Let a window go by; return the events that this process makes then."""
        self.desk.now += seconds
        self.refusals._step()
        return self.events

    def counts(self):
        """Return the rules and counts of its events."""
        return sorted((event.reason, event.count) for event in self.events)


@pytest.fixture
def process(desk):
    """Return one process."""
    return Process(desk)


def kept(desk):
    """Return the counts that the database has."""
    rows = desk.database.query("SELECT count FROM auth_refusals ORDER BY count", fetch="all")
    return [row["count"] for row in rows]


def test_the_first_of_a_window_is_kept_before_the_answer(desk, process):
    """A process that is killed right after it loses nothing; the others are added a moment later."""
    # LOG-3
    process.refuse(times=3)
    assert kept(desk) == [1]
    process.refusals.flush()
    assert kept(desk) == [3]


def test_a_window_is_one_event(desk, process):
    """It says whom, how often, when first and when last, and comes when the window is over."""
    process.refuse()
    desk.now += 20
    process.refuse(times=2)
    assert process.told(seconds=40 + GRACE_SECONDS - 1) == []
    (event,) = process.told(seconds=1)
    assert (event.name, event.outcome, event.reason, event.key) == (
        "rate_limited",
        "failure",
        "login_failures",
        "digest",
    )
    assert (event.count, event.since, event.until) == (3, 1_800_000_000, 1_800_000_020)
    assert (event.at, event.client.address, event.user_id) == (desk.now, "192.0.2.7", None)
    assert kept(desk) == []


def test_processes_add_up(desk, process):
    """One of them tells of what all have refused, and it is told once."""
    other = Process(desk)
    process.refuse(times=2)
    other.refuse(times=3)
    for one in (process, other):
        one.refusals.flush()
    process.told()
    other.refusals._step()
    assert (process.counts(), other.events) == ([("login_failures", 5)], [])


def test_what_a_killed_process_left_is_told_by_another(desk, process):
    """Of a window whose counts it had in memory, the first is there."""
    process.refuse(times=4)
    other = Process(desk)
    other.told()
    assert other.counts() == [("login_failures", 1)]


def test_several_windows_are_added_at_once(desk, process):
    """In one transaction, in the same order in every process."""
    for key in ("b", "a"):
        process.refuse(key=key, times=2)
    process.refusals.flush()
    assert kept(desk) == [2, 2]


def test_rules_keys_and_windows_are_told_apart(desk, process):
    """Each has an event of its own."""
    process.refuse(rule="login")
    process.refuse(rule="codes", key="other", user_id=UserId("u1"))
    process.refuse(key="other")
    desk.now += 60
    process.refuse(key="other", times=2)
    process.told()
    assert process.counts() == [("codes", 1), ("login", 1), ("login_failures", 1), ("login_failures", 2)]
    assert {event.user_id for event in process.events} == {None, "u1"}


@pytest.mark.parametrize(("seconds", "window"), [(1, 60), (300, 300), (86_400, 3600)])
def test_a_window_is_the_rules_within_bounds(process, seconds, window):
    """A rule of a second makes no row a second, one of a day makes nobody wait a day."""
    process.refuse(seconds=seconds)
    assert process.told(seconds=window + GRACE_SECONDS - 1) == []
    assert len(process.told(seconds=1)) == 1


def test_refused_again_is_counted_in_memory(desk, process):
    """Whoever refuses on the event loop waits for nothing."""
    for _ in range(2):
        process.refusals.note_again(refused())
    assert kept(desk) == []
    process.refusals.flush()
    assert kept(desk) == [2]


def test_a_window_that_is_known_needs_no_thread(desk, process):
    """Whoever refuses on the event loop asks first, and notes the first of a window in a thread."""
    assert not process.refusals.is_noted(refused())
    process.refuse()
    assert process.refusals.is_noted(refused())
    process.refusals.flush()
    assert kept(desk) == [2]


def test_what_the_database_does_not_take_waits(desk, process, monkeypatch):
    """The refusal stands, nobody hears an error, and the count is added when the database is back."""

    def gone(_rows):
        raise StoreUnavailableError("database")

    with monkeypatch.context() as patch:
        patch.setattr(process.refusals._rows, "add", gone)
        process.refuse(times=2)
        process.refusals.flush()
        patch.setattr(process.refusals._rows, "are_any_over", gone)
        process.refusals._step()
    process.refusals.flush()
    assert kept(desk) == [2]


def test_memory_is_bounded(desk, process, monkeypatch):
    """Beyond so many windows each refusal goes to the database at once, and what cannot is let go."""
    monkeypatch.setattr(module, "MOST", 1)
    process.refuse(key="known")
    process.refuse(key="stranger", times=2)
    process.refusals.note_again(refused(key="stranger"))
    assert len(process.refusals._windows) == 1
    assert kept(desk) == [1, 2]


def test_windows_that_are_over_are_forgotten(desk, process):
    """What waits of them is added first."""
    process.refuse(times=2)
    desk.now += 60
    process.refusals.flush()
    assert process.refusals._windows == {}
    assert kept(desk) == [2]


def test_an_event_that_cannot_be_stored_is_tried_again(desk, process, monkeypatch):
    """The count goes in the transaction of its event, or stays."""
    process.refuse()

    def gone(_event):
        raise StoreUnavailableError("database")

    with monkeypatch.context() as patch:
        patch.setattr(process.refusals, "_journal", gone)
        process.told()
    assert kept(desk) == [1]
    assert len(process.told()) == 1


def test_a_transaction_of_the_caller_undoes_nothing(postgres_desk):
    """What it refused was refused."""
    process = Process(postgres_desk)
    with suppress(ZeroDivisionError), postgres_desk.database.transaction():
        process.refuse()
        raise ZeroDivisionError
    assert kept(postgres_desk) == [1]


def test_closing_adds_what_waits(desk, process):
    """A process that ends in peace loses nothing."""
    process.refuse(times=3)
    process.refusals.close()
    assert kept(desk) == [3]


def test_a_child_does_not_add_what_its_parent_will(process):
    """It begins with nothing, and with a lock that nobody holds."""
    # F-28
    process.refuse(times=2)
    process.refusals._lock.acquire()
    process.refusals.after_fork()
    assert process.refusals._windows == {}
    process.refuse()


def test_the_thread_does_all_that(desk):
    """It starts with the first refusal, or when a process begins to serve."""
    refusals = Refusals(desk.database, lambda _event: None, clock=lambda: desk.now)
    assert refusals._repeating._thread is None
    refusals.start()
    assert refusals._repeating._thread is not None
    refusals.close()


def test_an_address_is_kept_as_text_of_ours(process):
    """A caller in this process may say anything of its client."""
    # LOG-2
    process.refuse(client=Client("\x1b[2J\ud800"))
    (event,) = process.told()
    assert event.client.address == "\\x1b[2J\\ud800"
