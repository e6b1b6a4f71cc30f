"""What every feed promises, in memory, on SQLite, PostgreSQL, Valkey, a cluster, behind a sentinel."""

from __future__ import annotations

import threading
import time

import pytest

from jwt_auth_core.revocations.feed import Batch
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded
from tests.contracts.feeds import KEEP, LOSSY, ground
from tests.contracts.kinds import KINDS

NOW = 1_800_000_000
USER = "0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f"


@pytest.fixture(params=KINDS)
def here(request, tmp_path):
    """Return two feeds on one ground."""
    with ground(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture(params=LOSSY)
def there(request, tmp_path):
    """Return two feeds on a ground that can be lost."""
    with ground(request.param, request, tmp_path) as made:
        yield made


def ended(number, at=NOW):
    """Return the end of a session of its own."""
    return Recorded(EndedSession(f"{number:032x}"), at)


def revocations(*recorded):
    """Return what was recorded, without its time."""
    return [one.revocation for one in recorded]


def follow(feed, position, count, *, within_seconds=20.0):
    """Read on until so many came; return them and the position."""
    found, deadline = [], time.monotonic() + within_seconds
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} came"
        batch = feed.read(position)
        assert isinstance(batch, Batch)
        found += batch.revocations
        position = batch.position
        if not batch.revocations:
            feed.wait(position, threading.Event())
    return found, position


def test_what_is_published_is_read(here):
    """All kinds arrive whole, in their order, at every reader."""
    place, elsewhere = here.feed.begin(), here.other.begin()
    cut_offs = [CutOff(USER, NOW + 1), CutOff(USER, NOW + 1, 0), CutOff(USER, NOW + 1, 12)]
    cut_offs += [CutOff(USER, NOW + 1, token_version=number) for number in (0, 12)]
    published = [ended(1), *(Recorded(one, NOW) for one in cut_offs), ended(2)]
    for one in published:
        here.feed.publish(one)
    assert follow(here.feed, place, 5)[0] == revocations(*published)
    assert follow(here.other, elsewhere, 5)[0] == revocations(*published)


def test_what_was_before_is_not_read(here):
    """A position stands behind all that was published so far."""
    here.feed.publish(ended(1))
    place = here.other.begin()
    here.feed.publish(ended(2))
    assert follow(here.other, place, 1)[0] == revocations(ended(2))


def test_a_position_is_good_for_more_than_one_reading(here):
    """Reading takes nothing away; a reader that was away goes on where it was."""
    place = here.other.begin()
    here.feed.publish(ended(1))
    assert follow(here.other, place, 1)[0] == revocations(ended(1))
    found, behind = follow(here.other, place, 1)
    here.feed.publish(ended(2))
    assert found + follow(here.other, behind, 1)[0] == revocations(ended(1), ended(2))


def test_silence_is_an_empty_batch(here):
    """Nothing new is an answer, and not late."""
    place = here.feed.begin()
    started = time.monotonic()
    batch = here.feed.read(place)
    here.feed.wait(batch.position, threading.Event())
    assert time.monotonic() - started < 2
    assert list(batch.revocations) == []
    assert here.feed.read(batch.position).revocations == batch.revocations


def test_waiting_ends_with_news(here):
    """What is published while a reader waits arrives well within a second."""
    place = here.other.begin()
    published = threading.Timer(0.1, here.feed.publish, (ended(1),))
    published.start()
    started = time.monotonic()
    assert follow(here.other, place, 1)[0] == revocations(ended(1))
    assert time.monotonic() - started < 0.9
    published.join()


def test_waiting_ends_with_its_reader(here, monkeypatch):
    """Whoever shuts down waits for no feed, however patient that is."""
    for patience in ("memory.POLL_SECONDS", "redis.LONGEST_BLOCK_SECONDS"):
        monkeypatch.setattr(f"jwt_auth_core.revocations.{patience}", 3600)
    ended = threading.Event()
    reader = threading.Thread(target=here.feed.wait, args=(here.feed.begin(), ended), daemon=True)
    reader.start()
    ended.set()
    reader.join(60)
    assert not reader.is_alive()


def test_pages_are_no_gaps(here, monkeypatch):
    """More than one reading brings arrives in several."""
    for room in ("sql", "redis"):
        monkeypatch.setattr(f"jwt_auth_core.revocations.{room}.PAGE", 10)
    place = here.other.begin()
    published = [ended(number) for number in range(35)]
    for one in published:
        here.feed.publish(one)
    assert follow(here.other, place, 35)[0] == revocations(*published)


def test_parallel_publishers_lose_nothing(here):
    """A reader that follows while eight threads publish on both ends misses none."""
    place = here.other.begin()
    feeds = (here.feed, here.other)

    def publish(first):
        for number in range(first, first + 20):
            feeds[number % 2].publish(ended(number))

    threads = [threading.Thread(target=publish, args=(100 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    found, _ = follow(here.other, place, 160)
    for thread in threads:
        thread.join()
    expected = {ended(100 * first + number).revocation for first in range(8) for number in range(20)}
    assert len(found) == 160
    assert set(found) == expected


def test_a_loss_is_noticed(there):
    """A feed that was emptied says so, whether or not more was published since."""
    # F-07
    there.feed.publish(ended(1))
    place = there.other.begin()
    there.lose()
    assert there.other.read(place) is None
    there.feed.publish(ended(2))
    assert there.other.read(place) is None


def test_a_loss_of_the_unread_is_noticed(there):
    """Also when as much was published since as the reader had seen before."""
    # F-06
    there.feed.publish(ended(1))
    place = there.other.begin()
    for number in range(2, 5):
        there.feed.publish(ended(number))
    there.lose()
    for number in range(5, 7):
        there.feed.publish(ended(number))
    assert there.other.read(place) is None


def test_after_a_loss_all_begins_anew(there):
    """A new position is good again."""
    there.lose()
    place = there.other.begin()
    there.feed.publish(ended(1))
    assert follow(there.other, place, 1)[0] == revocations(ended(1))


@pytest.mark.parametrize("position", [None, "0-0", -1, 10**9, object()])
def test_a_foreign_position_is_a_gap(here, position):
    """What this feed did not make, it does not read, and does not wait for long."""
    assert here.feed.read(position) is None
    here.feed.wait(position, threading.Event())


def test_the_ledger_has_what_was_published(here):
    """Since a moment, that moment included, also when the feed has lost it."""
    # RF-06
    for one in (ended(1, NOW - 100), ended(2, NOW), Recorded(CutOff(USER, NOW + 1), NOW)):
        here.feed.publish(one)
    if here.client is not None:
        here.lose()
    found = [one for page in here.ledger.since(NOW) for one in page]
    assert found == [ended(2, NOW), Recorded(CutOff(USER, NOW + 1), NOW)]


def test_old_entries_are_dropped(here):
    """Neither feed nor ledger grows without end."""
    for number in range(40):
        here.feed.publish(ended(number, NOW - 10 * KEEP))
    for number in range(100, 140):
        here.feed.publish(ended(number, NOW))
    found = [one for page in here.ledger.since(0) for one in page]
    assert ended(0, NOW - 10 * KEEP) not in found
    assert {one.at for one in found[-40:]} == {NOW}
