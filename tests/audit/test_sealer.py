"""Sealing: whatever is committed comes under one chain, whoever seals it."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from jwt_auth_core.audit.chain import Chain
from jwt_auth_core.audit.seal import Place, next_seal, read, written
from jwt_auth_core.audit.sealer import _LEASE
from jwt_auth_core.errors import AuthError, StoreUnavailableError
from tests.audit.desk import NEW, OLD


def chain(desk):
    """Return the seals, whose numbers and links are those of one chain."""
    seals = list(Chain(desk.database).seals())
    assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
    assert [seal.previous for seal in seals] == ["", *(seal.mac for seal in seals)][: len(seals)]
    return seals


def covered(desk):
    """Return the ids under the seals, each as often as a seal has it."""
    return sorted(one for seal in chain(desk) for ids in read(seal.ids) for one in ids)


@pytest.mark.parametrize(
    ("ids", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1,3-4,9"), ([10**12], "1000000000000")],
)
def test_ids_are_written_as_ranges(ids, text):
    """And read again."""
    assert written(ids) == text
    assert [one for part in read(text) for one in part] == ids


def test_what_is_no_range_is_refused():
    """A seal that somebody edited is not read as another one."""
    with pytest.raises(ValueError, match="invalid literal"):
        read("1-x")


def test_rows_come_under_a_seal(desk):
    """It has their number, the first and the last id; what comes later is under the next one."""
    desk.write(3)
    (first,) = desk.seal()
    desk.write(2)
    (second,) = desk.seal()
    ids = desk.ids()
    assert (first.count, first.first_id, first.last_id) == (3, ids[0], ids[2])
    assert (second.count, second.first_id, second.last_id) == (2, ids[3], ids[4])
    assert covered(desk) == ids


def test_nothing_to_seal_leaves_no_seal(desk):
    """Neither at first nor later."""
    assert desk.seal() == []
    desk.write()
    assert len(desk.seal()) == 1
    assert desk.seal() == []


def test_each_seal_is_logged(desk, caplog):
    """So that a log tells which seals there were: a database that was set back lacks the last ones."""
    desk.write()
    with caplog.at_level(logging.INFO, "jwt_auth.audit.seals"):
        (seal,) = desk.seal()
    assert caplog.messages == [f"seal 1 over 1 rows from {seal.first_id} to {seal.last_id}: {seal.mac}"]


def test_many_rows_are_several_seals(desk, monkeypatch):
    """A seal has a bounded size, and nothing is left out between two."""
    monkeypatch.setattr("jwt_auth_core.audit.sealer.AT_ONCE", 4)
    desk.write(9)
    while desk.seal():
        pass
    assert [seal.count for seal in chain(desk)] == [4, 4, 1]
    assert covered(desk) == desk.ids()


def test_many_workers_make_one_chain(desk):
    """Appending and sealing from all sides at once: each row under one seal, each seal once."""
    barrier = threading.Barrier(6)

    def work(_number):
        audit = desk.audit(NEW)
        barrier.wait()
        for _ in range(12):
            desk.write(2, audit)
            try:
                audit.seal()
            except AuthError:  # at the first seal, rows that are being written are waited for
                continue

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    desk.seal()
    assert len(desk.ids()) == 144
    assert covered(desk) == desk.ids()
    assert desk.found() == []


@pytest.mark.servers
def test_who_finds_another_sealing_leaves_it_to_it(postgres_desk):
    """The lease is the transaction that seals; nobody waits for it."""
    postgres_desk.write()
    with ThreadPoolExecutor(1) as elsewhere, postgres_desk.database.transaction():
        assert postgres_desk.database.query(_LEASE, fetch="one") == {"is_mine": True}
        assert elsewhere.submit(postgres_desk.seal).result() == []
    assert len(postgres_desk.seal()) == 1


@pytest.mark.servers
def test_a_row_that_is_committed_late_is_sealed_later(postgres_desk):
    """Its id is below others that are sealed by then; nothing waits for it, and it is not forgotten."""
    postgres_desk.write()
    postgres_desk.seal()
    begun, done = threading.Event(), threading.Event()

    def late():
        with postgres_desk.database.transaction():
            postgres_desk.write()
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=late)
    thread.start()
    begun.wait(30)
    postgres_desk.write(2)
    postgres_desk.seal()
    done.set()
    thread.join()
    postgres_desk.seal()
    assert covered(postgres_desk) == postgres_desk.ids()
    assert len(postgres_desk.ids()) == 4
    assert postgres_desk.found() == []


def test_what_is_undone_leaves_a_gap(desk):
    """An id that nobody has is nobody's loss."""
    desk.write()
    with pytest.raises(LookupError):
        undone(desk)
    desk.write()
    desk.seal()
    assert covered(desk) == desk.ids()
    assert desk.found() == []


def undone(desk):
    """Write a row in a transaction that is undone."""
    with desk.database.transaction():
        desk.write()
        raise LookupError


@pytest.mark.servers
def test_a_restored_database_goes_on(postgres_desk):
    """In another cluster transactions are counted anew; the chain goes on over all that comes there."""
    postgres_desk.write(2)
    postgres_desk.seal()
    postgres_desk.write(2)  # in the dump, and not sealed
    # What a dump of a cluster that was far ahead leaves: its rows, and a chain that names it.
    postgres_desk.sql("UPDATE auth_audit SET txid = txid + 1000000000")
    (last,) = chain(postgres_desk)
    postgres_desk.sql("DELETE FROM auth_audit_seals")
    ((elsewhere,), key) = [last], next(iter(postgres_desk.audit(NEW)._seal_keys.values()))
    rows = list(postgres_desk.audit().rows())[:2]
    place = Place(cluster="another", horizon=elsewhere.horizon + 10**9, above=elsewhere.above)
    Chain(postgres_desk.database).add(next_seal(rows, None, place, key, now=postgres_desk.now))
    postgres_desk.write(1)
    postgres_desk.seal()
    postgres_desk.write(1)
    postgres_desk.seal()
    assert postgres_desk.seal() == []
    assert covered(postgres_desk) == postgres_desk.ids()
    assert len(postgres_desk.ids()) == 6
    assert postgres_desk.found() == []


@pytest.mark.servers
def test_the_first_seal_waits_for_whoever_writes(postgres_desk):
    """Ids below the highest may be still to come; so it is tried again."""
    begun, done = threading.Event(), threading.Event()

    def writing():
        with postgres_desk.database.transaction():
            postgres_desk.write()
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=writing)
    thread.start()
    begun.wait(30)
    try:
        with pytest.raises(AuthError):
            postgres_desk.seal()
    finally:
        done.set()
        thread.join()
    assert [seal.count for seal in postgres_desk.seal()] == [1]


def test_keys_in_use_are_noted(desk):
    """Those of rows and those of seals, each once."""
    desk.write(1, desk.audit(OLD))
    desk.audit(NEW, OLD).seal()
    desk.write(1, desk.audit(OLD))
    desk.audit(NEW, OLD).seal()
    assert len(Chain(desk.database).key_ids()) == 2


def test_numbers_ascend(desk):
    """Ids of SQLite are not given again when the last rows were removed."""
    desk.write(2)
    before = desk.ids()
    desk.sql("DELETE FROM auth_audit WHERE id = %s", before[-1])
    desk.write()
    assert all(one < other for one, other in pairwise([*before, *desk.ids()[-1:]]))


def test_a_database_that_is_down_is_asked_again(desk, monkeypatch):
    """The thread goes on; what it could not seal it seals later."""
    desk.write()
    audit = desk.audit(NEW)

    def down(*_words, **_named):
        raise StoreUnavailableError("database")

    with monkeypatch.context() as broken:
        broken.setattr(type(desk.database), "transaction", down)
        assert audit._step() is None
    audit._step()
    assert len(chain(desk)) == 1
