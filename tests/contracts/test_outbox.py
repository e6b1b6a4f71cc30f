"""What the outbox promises, on SQLite and PostgreSQL; two connections stand for two processes."""

# What stands in a `raises` block is what is tested.
# ruff: noqa: PT012

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.outbox import Counts, Message, SqlOutbox
from jwt_auth_core.outbox.sql import KEEP_SECONDS
from jwt_auth_core.vocabulary import Secret
from tests.databases import SHARED
from tests.servers import postgres

START = 1_800_000_000
FACTS = {"name": "A\x00\ud800é", "at": START, "client": None}


class Clock:
    """The time of both processes."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@dataclass
class Ground:
    """Two stores on one database, and their clock."""

    db: object
    one: SqlOutbox
    other: SqlOutbox
    clock: Clock


def ground_on(one, other):
    """Return two stores on one ground."""
    migrate(one)
    clock = Clock()
    return Ground(one, SqlOutbox(one, clock=clock), SqlOutbox(other, clock=clock), clock)


@pytest.fixture(scope="module", params=SHARED)
def _ground(request, tmp_path_factory):
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        with (
            postgres.database(server) as url,
            closing(PostgresDatabase(url)) as one,
            closing(PostgresDatabase(url)) as other,
        ):
            yield ground_on(one, other)
        return
    path = tmp_path_factory.mktemp("outbox") / "outbox.sqlite3"
    with closing(SqliteDatabase(path)) as one, closing(SqliteDatabase(path)) as other:
        yield ground_on(one, other)


@pytest.fixture
def here(_ground):
    """Return them, with nothing in the outbox."""
    _ground.db.query("DELETE FROM auth_outbox")
    _ground.clock.now = START
    return _ground


def claim(store, owner="worker", *, kind="webhook", most=10):
    """Claim for 30 seconds; return the ids."""
    return [one.id for one in store.claim(kind, owner=owner, lease_seconds=30, most=most)]


def states(store):
    """Return what an operator sees, without the rest."""
    return [(one.message.id, one.state, one.due_at - START, one.error) for one in store.entries()]


def test_a_message_is_claimed_as_it_was_added(here):
    """By whichever process, with its facts, and the number of the attempt."""
    here.one.add("m1", "webhook", "https://example.com", FACTS)
    (claimed,) = here.other.claim("webhook", owner="worker", lease_seconds=30, most=10)
    assert claimed == Message("m1", "webhook", "https://example.com", FACTS, START, 1)


def test_it_is_there_with_the_change_or_not_at_all(here):
    """It stands in the transaction of whoever adds it."""
    with pytest.raises(ZeroDivisionError), here.db.transaction():
        here.one.add("m1", "webhook", "to", {})
        raise ZeroDivisionError
    with here.db.transaction():
        here.one.add("m2", "webhook", "to", {})
    assert claim(here.other) == ["m2"]


@pytest.mark.parametrize("fact", [Secret("s"), float("nan"), b"octets", object()])
def test_facts_are_what_json_has(here, fact):
    """A secret among them is refused, before anything is kept."""
    with pytest.raises((TypeError, ValueError)):
        here.one.add("m1", "webhook", "to", {"fact": fact})
    assert here.one.entries() == []


def test_only_the_kind_asked_for_is_claimed(here):
    """The others wait for whoever can deliver them, and nobody looks for them in vain."""
    here.one.add("m1", "mail", "ada@example.com", {})
    assert claim(here.other) == []
    assert here.other.due_in("webhook") is None
    assert here.other.due_in("mail") == 0
    assert claim(here.other, kind="mail") == ["m1"]


def test_the_oldest_come_first_and_no_more_than_asked(here):
    """In the order in which they became due."""
    for number in range(4):
        here.one.add(f"m{number}", "webhook", "to", {})
        here.clock.now += 1
    assert claim(here.other, most=3) == ["m0", "m1", "m2"]
    assert claim(here.one) == ["m3"]


def test_a_lease_ends_by_itself(here):
    """Until then nobody else has it; then it is claimed again, under the same id."""
    here.one.add("m1", "webhook", "to", {})
    assert claim(here.one, "killed") == ["m1"]
    here.clock.now += 29
    assert claim(here.other) == []
    assert here.other.due_in("webhook") == 1
    here.clock.now += 1
    (again,) = here.other.claim("webhook", owner="next", lease_seconds=30, most=10)
    assert (again.id, again.attempts) == ("m1", 2)


def test_who_lost_the_lease_decides_nothing(here):
    """A late failure leaves the lease to its new owner; a late delivery is one all the same."""
    for number in range(2):
        here.one.add(f"m{number}", "webhook", "to", {})
    assert claim(here.one, "late") == ["m0", "m1"]
    here.clock.now += 30
    assert claim(here.other, "next") == ["m0", "m1"]
    here.one.postpone("m0", owner="late", seconds=900, error="timeout")
    here.one.bury("m0", owner="late", error="gone")
    here.one.release(["m0"], owner="late")
    here.one.remove("m1")
    assert states(here.one) == [("m0", "sending", 60, None)]


def test_what_was_delivered_is_gone(here):
    """No row of it is left."""
    here.one.add("m1", "webhook", "to", {})
    claim(here.one)
    here.one.remove("m1")
    assert here.one.entries() == []


def test_a_failure_puts_it_off(here):
    """With its reason to be read, and due when that time is over."""
    here.one.add("m1", "webhook", "to", {})
    claim(here.one)
    here.one.postpone("m1", owner="worker", seconds=300, error="http_500")
    assert states(here.one) == [("m1", "waiting", 300, "http_500")]
    assert claim(here.other) == []
    here.clock.now += 300
    assert claim(here.other) == ["m1"]


def test_what_was_not_tried_is_given_back(here):
    """Due at once, and the attempt does not count."""
    here.one.add("m1", "webhook", "to", {})
    claim(here.one)
    here.one.release(["m1", "unknown"], owner="worker")
    (again,) = here.other.claim("webhook", owner="next", lease_seconds=30, most=10)
    assert again.attempts == 1


def test_what_found_nobody_is_lined_up_behind_the_others(here):
    """The attempt does not count; of who lost the lease nothing is taken."""
    for name in ("m1", "m2"):
        here.one.add(name, "webhook", "to", {})
    here.one.claim("webhook", owner="worker", lease_seconds=30, most=1)
    for owner in ("late", "worker"):
        here.one.line_up("m1", owner=owner, seconds=6, error="unreachable")
    here.clock.now += 5
    here.one.add("m3", "webhook", "to", {})
    here.clock.now += 1
    found = [here.other.claim("webhook", owner="next", lease_seconds=30, most=1) for _ in range(3)]
    assert [(one.id, one.attempts) for (one,) in found] == [("m2", 1), ("m3", 1), ("m1", 1)]
    assert here.one.entries()[0].error == "unreachable"


def test_the_dead_are_tried_no_more(here):
    """They stay to be seen, until somebody has them tried again, as often as new ones."""
    for number in range(3):
        here.one.add(f"m{number}", "webhook", "to", {})
        claim(here.one)
        here.one.bury(f"m{number}", owner="worker", error="gone")
    assert here.other.due_in("webhook") is None
    assert claim(here.other) == []
    assert [one.message.id for one in here.one.entries(only_dead=True)] == ["m0", "m1", "m2"]
    assert here.other.retry("m1")
    assert claim(here.one) == ["m1"]
    assert here.one.retry_dead() == 2
    assert here.one.entries(only_dead=True) == []
    assert [one.attempts for one in here.one.claim("webhook", owner="w", lease_seconds=30, most=9)] == [
        1,
        1,
    ]


def test_only_what_rests_can_be_tried_again(here):
    """What is on its way is left alone, what is not there is not made."""
    here.one.add("m1", "webhook", "to", {})
    claim(here.one)
    assert not here.one.retry("m1")
    assert not here.one.retry("unknown")
    here.one.postpone("m1", owner="worker", seconds=300, error="timeout")
    assert here.one.retry("m1")
    assert claim(here.other) == ["m1"]


def test_after_thirty_days_every_message_goes(here):
    """One rule for the dead and for those that nobody could deliver."""
    for number in range(2):
        here.one.add(f"m{number}", "webhook", "to", {})
    claim(here.one, most=1)
    here.one.bury("m0", owner="worker", error="gone")
    here.clock.now += KEEP_SECONDS - 1
    assert here.one.forget() == 0
    here.clock.now += 1
    here.one.add("m2", "webhook", "to", {})
    assert here.one.forget() == 2
    assert claim(here.one) == ["m2"]


def test_a_list_goes_on_behind_an_id(here):
    """Page by page, the oldest id first."""
    for number in range(3):
        here.one.add(f"m{number}", "webhook", "to", {})
    assert [one.message.id for one in here.one.entries(most=2)] == ["m0", "m1"]
    assert [one.message.id for one in here.one.entries(after="m1")] == ["m2"]


def test_messages_are_counted(here):
    """How many wait, how many are dead, and since when the oldest waits."""
    assert here.one.counts() == Counts(0, 0, None)
    for number in range(3):
        here.one.add(f"m{number}", "webhook", "to", {})
        here.clock.now += 1
    claim(here.one, most=1)
    here.one.bury("m0", owner="worker", error="gone")
    assert here.other.counts() == Counts(2, 1, START + 1)


def test_without_a_clock_time_is_the_database_s(here):
    """Workers whose clocks differ lease by one."""
    store = SqlOutbox(here.db)
    store.add("m1", "webhook", "to", {})
    assert store.due_in("webhook") <= 0
    (claimed,) = store.claim("webhook", owner="worker", lease_seconds=30, most=1)
    assert 0 < store.due_in("webhook") <= 30
    store.postpone("m1", owner="worker", seconds=900, error="timeout")
    assert store.due_in("webhook") > 30
    store.retry("m1")
    claim(store)
    store.bury("m1", owner="worker", error="gone")
    assert store.forget() == 0
    assert abs(claimed.created_at - time.time()) < 3600


def test_many_workers_share_the_work(here):
    """Eight threads of two processes: each message is claimed by one of them, and none is left."""
    names = [f"m{number:02}" for number in range(60)]
    for name in names:
        here.one.add(name, "webhook", "to", {})
    claimed, begin = [], threading.Barrier(8)

    def work(number):
        store = here.one if number % 2 else here.other
        begin.wait(60)
        while store.due_in("webhook") == 0:
            claimed.extend(claim(store, str(number), most=3))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(claimed) == names
