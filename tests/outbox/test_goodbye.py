"""An outbox that is told to rest gives back at once what it has claimed and not begun with."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.outbox.sql import SqlOutbox

LEASED = "SELECT id FROM auth_outbox WHERE lease_owner IS NOT NULL"


class Slow:
    """A sender that goes on until it is let."""

    def __init__(self):
        self.begun, self.let = threading.Event(), threading.Event()

    def __call__(self, _message):
        """Wait."""
        self.begun.set()
        assert self.let.wait(60)


@pytest.fixture
def busy(database):
    """Return an outbox that has claimed three messages and delivers one, and its sender."""
    sender = Slow()
    with closing(Outbox(database, {"webhook": sender})) as outbox:
        with database.transaction():
            for number in range(3):
                outbox.add("webhook", f"somebody {number}", {})
        outbox.start()
        assert sender.begun.wait(60)
        yield outbox, sender
        sender.let.set()


def rest(outbox):
    """Have it rest, in a thread: it waits for what is on its way."""
    resting = threading.Thread(target=outbox.rest)
    resting.start()
    return resting


def test_what_is_not_on_its_way_is_given_back(busy, database, monkeypatch):
    """Before what is on its way has ended, however long that takes."""
    # F-25, F-27
    outbox, sender = busy
    given_back = threading.Event()
    release = SqlOutbox.release

    def released(*arguments, **named):
        release(*arguments, **named)
        given_back.set()

    monkeypatch.setattr(SqlOutbox, "release", released)
    resting = rest(outbox)
    assert given_back.wait(60)
    assert len(database.query(LEASED, fetch="all")) == 1
    sender.let.set()
    resting.join()
    assert database.query(LEASED, fetch="all") == []
    assert len(database.query("SELECT id FROM auth_outbox", fetch="all")) == 2


def test_without_a_database_the_leases_end_by_themselves(busy, monkeypatch):
    """Nobody who ends is kept by that."""
    outbox, sender = busy

    def down(*_, **__):
        raise StoreUnavailableError("sqlite")

    monkeypatch.setattr(SqlOutbox, "release", down)
    resting = rest(outbox)
    sender.let.set()
    resting.join(60)
    assert not resting.is_alive()
