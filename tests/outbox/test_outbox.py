"""The outbox of a process: delivers at once what is added, in a thread of its own, and forks."""

# What stands in a `raises` block is what is tested.
# ruff: noqa: PT012

from __future__ import annotations

import os
import threading
from contextlib import closing

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.outbox import Failure, Outbox

THREAD = "jwt-auth-outbox"


def threads():
    """Return the threads that deliver."""
    return [one for one in threading.enumerate() if one.name == THREAD]


class Inbox:
    """A sender that notes what came."""

    def __init__(self):
        self.seen = []
        self.came = threading.Semaphore(0)
        self.answer = None

    def __call__(self, message):
        """Note it."""
        self.seen.append(message)
        self.came.release()
        return self.answer

    def wait(self):
        """Wait for one more."""
        assert self.came.acquire(timeout=60)


@pytest.fixture
def inbox():
    """Return a sender."""
    return Inbox()


@pytest.fixture
def outbox(database, inbox):
    """Return an outbox that can send webhooks."""
    with closing(Outbox(database, {"webhook": inbox})) as made:
        yield made
    assert threads() == []


def test_what_is_added_is_delivered_at_once(outbox, inbox):
    """Nobody waits for the next look."""
    outbox.start()
    outbox.start()
    assert len(threads()) == 1
    for number in range(2):
        message_id = outbox.add("webhook", "to", {"number": number})
        inbox.wait()
        assert (inbox.seen[-1].id, inbox.seen[-1].facts) == (message_id, {"number": number})


def test_in_a_transaction_only_when_it_is_kept(outbox, inbox, database):
    """And not at all when it is undone."""
    outbox.start()
    with pytest.raises(ZeroDivisionError), database.transaction():
        outbox.add("webhook", "to", {"number": 1})
        raise ZeroDivisionError
    with database.transaction():
        outbox.add("webhook", "to", {"number": 2})
        assert inbox.seen == []
    inbox.wait()
    assert [one.facts["number"] for one in inbox.seen] == [2]


def test_what_is_added_before_waits_for_a_start(outbox, inbox):
    """A process that does not serve (a command line) leaves its messages to those that do."""
    outbox.add("webhook", "to", {})
    assert threads() == []
    outbox.start()
    inbox.wait()


def test_without_senders_there_is_no_thread(database):
    """Messages wait for a process that has one."""
    with closing(Outbox(database, {})) as outbox:
        outbox.start()
        outbox.add("webhook", "to", {})
        assert threads() == []
        assert outbox.store.counts().waiting == 1


def test_one_run_delivers_what_is_due(outbox, inbox):
    """In the caller's thread; it says how many were and were not delivered."""
    for _ in range(3):
        outbox.add("webhook", "to", {})
    assert outbox.run() == (3, 0)
    inbox.answer = Failure("http_500")
    outbox.add("webhook", "to", {})
    assert outbox.run() == (0, 1)
    assert threads() == []


def test_health_says_what_was_done(outbox, inbox):
    """Without asking the database."""
    assert outbox.health() == {"is_delivering": False, "delivered": 0, "failed": 0, "dead": 0}
    outbox.start()
    outbox.add("webhook", "to", {})
    inbox.wait()
    outbox.close()
    assert outbox.health() == {"is_delivering": False, "delivered": 1, "failed": 0, "dead": 0}


def test_closed_it_starts_no_more(outbox, inbox):
    """What is added afterwards waits for another process."""
    outbox.start()
    outbox.close()
    outbox.start()
    outbox.add("webhook", "to", {})
    assert threads() == []
    assert inbox.seen == []


def test_after_a_rest_it_can_start_again(outbox, inbox):
    """As an application that shuts down and starts once more."""
    outbox.start()
    outbox.rest()
    assert threads() == []
    outbox.add("webhook", "to", {})
    assert threads() == []
    outbox.start()
    inbox.wait()


def test_nobody_s_outbox_has_no_thread(database, inbox):
    """It ends with the object."""
    outbox = Outbox(database, {"webhook": inbox})
    outbox.start()
    (thread,) = threads()
    del outbox
    thread.join(60)
    assert not thread.is_alive()


def test_in_a_child_it_begins_anew(outbox, inbox):
    """It needs a start of its own where the parent had none; closed, it stays so."""
    outbox.after_fork()
    outbox.add("webhook", "to", {})
    assert threads() == []
    outbox.start()
    inbox.wait()
    outbox.close()
    outbox.after_fork()
    outbox.start()
    assert threads() == []


def _delivered_in_child(outbox, inbox):
    outbox.add("webhook", "to", {"from": "child"})
    inbox.wait()
    return inbox.seen[-1].facts["from"] == "child" and len(threads()) == 1


def test_a_forked_child_delivers_what_it_adds(tmp_path, inbox):
    """With a thread of its own; the parent goes on with its."""
    with closing(SqliteDatabase(tmp_path / "outbox.sqlite3")) as database:
        migrate(database)
        with closing(Outbox(database, {"webhook": inbox})) as outbox:
            outbox.start()
            outbox.add("webhook", "to", {"from": "parent"})
            inbox.wait()
            pid = os.fork()
            if pid == 0:
                os._exit(0 if _delivered_in_child(outbox, inbox) else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
            outbox.add("webhook", "to", {"from": "parent"})
            inbox.wait()
