"""What every store of one-time codes promises: memory, SQLite, PostgreSQL, Valkey, a cluster, a sentinel."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.one_time import WS_TICKET, Purpose
from tests.contracts.kinds import KINDS
from tests.contracts.tickets import ground


@pytest.fixture(params=KINDS)
def here(request, tmp_path):
    """Return two stores on one ground."""
    with ground(request.param, request, tmp_path) as made:
        yield made


def fresh():
    """Return a ticket and its digest."""
    ticket = WS_TICKET.new().reveal()
    return ticket, WS_TICKET.digest_of(ticket)


def test_a_ticket_is_good_once(here):
    """In whichever process it is redeemed first; an unknown one is not good at all."""
    _, digest = fresh()
    here.store.keep(digest, 'text "é" \\u0000', seconds=30)
    assert here.other.redeem([fresh()[1], digest]) == [None, 'text "é" \\u0000']
    assert here.store.redeem([digest]) == here.other.redeem([digest]) == [None]


def test_a_code_opens_one_door(here):
    """By the name of another purpose it finds nothing, and is not spent by that."""
    reset = Purpose("password_reset", ttl_seconds=30)
    ticket, digest = fresh()
    here.store.keep(digest, "kept", seconds=30)
    renamed = reset.prefix + ticket.removeprefix(WS_TICKET.prefix)
    assert here.other.redeem([reset.digest_of(renamed)]) == [None]
    assert here.other.redeem([digest]) == ["kept"]


def test_a_batch_keeps_its_order(here):
    """Answers stand where their tickets stood; the second of two equal ones is too late."""
    digests = [fresh()[1] for _ in range(20)]
    for number, digest in enumerate(digests):
        here.store.keep(digest, str(number), seconds=30)
    asked = [*reversed(digests), digests[0]]
    assert here.store.redeem(asked) == [*map(str, reversed(range(20))), None]


def test_a_ticket_is_good_for_seconds(here):
    """At its last moment it is good, at the end it is not; redeemed too late, it is spent all the same."""
    (_, in_time), (_, late) = fresh(), fresh()
    for digest in (in_time, late):
        here.store.keep(digest, "kept", seconds=30)
    here.wait(29)
    assert here.store.redeem([in_time]) == ["kept"]
    here.wait(1)
    assert here.store.redeem([late]) == [None]


def test_a_dump_holds_no_ticket(here):
    """The digest stands for it; from that no ticket can be made."""
    ticket, digest = fresh()
    here.store.keep(digest, "kept", seconds=30)
    assert digest in here.dump()
    assert ticket not in here.dump()
    assert ticket.removeprefix("ticket.") not in here.dump()


def test_what_nobody_redeems_goes(here):
    """After a while of new tickets, the old ones have left."""
    _, old = fresh()
    here.store.keep(old, "old", seconds=30)
    here.wait(31)
    for _ in range(33):
        here.store.keep(fresh()[1], "new", seconds=30)
    assert old not in here.dump()


def test_of_many_at_once_one_wins(here):
    """Eight threads of two processes redeem the same five tickets, in batches of other orders."""
    digests = [fresh()[1] for _ in range(5)]
    for digest in digests:
        here.store.keep(digest, digest, seconds=30)
    won, begin = [], threading.Barrier(8)

    def redeem(number):
        store = here.store if number % 2 else here.other
        begin.wait(60)
        won.extend(text for text in store.redeem(digests[number % 5 :] + digests[: number % 5]) if text)

    threads = [threading.Thread(target=redeem, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won) == sorted(digests)
