"""The bounded threads, shared out: who is served next, who is refused, who gives way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from jwt_auth_asgi.executors.capacity import CONTESTED_SECONDS, Capacity
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_core.errors import OverloadedError
from tests.executors.gate import LONG, Waiting, has_begun


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Return one thread with room for four to wait."""
    pool = Pool("shared", threads=1, waiting=4)
    yield pool
    pool.close()


async def held(pool, gate):
    """Return the future of a call of nobody's that keeps the thread busy."""
    running = pool.submit(gate.pass_through)
    await has_begun(gate)
    return running


async def test_owners_take_turns(pool, gate):
    """One call is served between those of an owner who was there first with several."""  # PW-06
    order = []

    running = await held(pool, gate)
    crowd = [pool.submit(lambda n=n: order.append(n), owner="many") for n in range(3)]
    alone = pool.submit(lambda: order.append("alone"), owner="one")
    gate.open.set()
    await asyncio.gather(running, alone, *crowd)
    assert order == [0, "alone", 1, 2]


async def test_the_newest_of_the_crowd_gives_way(pool, gate):
    """Where the queue is full, who has fewer waiting gets a place of who has most; that call is not made."""
    # PW-06, F-20
    made = []

    running = await held(pool, gate)
    crowd = [pool.submit(lambda n=n: made.append(n), owner="many") for n in range(4)]
    alone = pool.submit(lambda: made.append("alone"), owner="one")
    with pytest.raises(OverloadedError):
        await crowd.pop()
    gate.open.set()
    await asyncio.gather(running, alone, *crowd)
    assert made == [0, "alone", 1, 2]


async def test_the_crowd_itself_is_refused(pool, gate):
    """Who has most already hears at once that the queue is full; who has less is not told so."""  # F-20
    running = await held(pool, gate)
    crowd = [pool.submit(lambda: None, owner="many") for _ in range(4)]
    with pytest.raises(OverloadedError):
        pool.check_capacity("many")
    with pytest.raises(OverloadedError):
        pool.submit(lambda: None, owner="many")
    pool.check_capacity("one")
    gate.open.set()
    await asyncio.gather(running, *crowd)


async def test_where_all_have_the_same_the_newcomer_is_refused(pool, gate):
    """Nobody gives way to somebody who would then have more."""
    running = await held(pool, gate)
    each = [pool.submit(lambda: None, owner=owner) for owner in "abcd"]
    for owner in "ae":
        with pytest.raises(OverloadedError):
            pool.submit(lambda: None, owner=owner)
    gate.open.set()
    await asyncio.gather(running, *each)


async def test_who_gives_way_hears_it_on_its_own_loop(pool, gate):
    """The one that is displaced may wait in another thread than the one it makes room for."""  # F-28
    waiting = threading.Event()
    heard = []

    async def crowd():
        calls = [pool.submit(lambda: None, owner="many") for _ in range(4)]
        waiting.set()
        heard.extend(await asyncio.gather(*calls, return_exceptions=True))

    running = await held(pool, gate)
    other = threading.Thread(target=asyncio.run, args=(crowd(),))
    other.start()
    assert await asyncio.to_thread(waiting.wait, LONG)
    alone = pool.submit(lambda: "alone", owner="one")
    gate.open.set()
    assert await alone == "alone"
    await running
    await asyncio.to_thread(other.join, LONG)
    assert [type(answer) for answer in heard] == [type(None)] * 3 + [OverloadedError]


def test_threads_are_called_as_often_as_somebody_waits():
    """Who takes the place of another, or of one who left, is served by the thread called for that one."""
    capacity = Capacity(2)
    first, second, third, last = Waiting("a"), Waiting("a"), Waiting("b"), Waiting("b")
    assert [capacity.admit(first), capacity.admit(second)] == [(None, True), (None, True)]
    assert capacity.admit(third) == (second, False)
    assert capacity.withdraw(first)
    assert capacity.admit(last) == (None, False)
    assert [capacity.take(), capacity.take()] == [third, last]


def contested(capacity):
    """Fill it with an owner's calls, one of which gives way to another owner's; return the queue's order."""
    crowd = [Waiting("many") for _ in range(4)]
    for call in crowd:
        capacity.admit(call)
    alone = Waiting("one")
    assert capacity.admit(alone) == (crowd[3], False)
    return crowd, alone


def test_a_thread_is_kept_free_where_somebody_gave_way():
    """For a moment no owner has all threads: the next one of the others finds one free."""  # PW-06
    now = [100.0]
    capacity = Capacity(4, threads=2, monotonic=lambda: now[0])
    crowd, alone = contested(capacity)
    assert [capacity.take(), capacity.take()] == [crowd[0], alone]
    assert capacity.end(alone) == 0
    assert capacity.take() is None  # for the crowd has its one
    assert capacity.admit(other := Waiting("other")) == (None, True)
    assert capacity.take() is other


def test_the_thread_is_free_for_all_when_the_moment_is_over():
    """A crowd alone has all threads, as ever; who was called in vain is called again when a call ends."""
    now = [100.0]
    capacity = Capacity(4, threads=2, monotonic=lambda: now[0])
    crowd, alone = contested(capacity)
    assert [capacity.take(), capacity.take(), capacity.end(alone)] == [crowd[0], alone, 0]
    assert capacity.take() is None
    now[0] += CONTESTED_SECONDS
    assert capacity.end(crowd[0]) == 1
    assert [capacity.take(), capacity.take()] == [crowd[1], crowd[2]]


def test_one_thread_is_kept_free_for_nobody():
    """Where there is but one, the crowd has its turns on it."""
    capacity = Capacity(4, threads=1)
    crowd, alone = contested(capacity)
    assert [capacity.take(), capacity.end(crowd[0]), capacity.take()] == [crowd[0], 0, alone]
    assert [capacity.end(alone), capacity.take()] == [0, crowd[1]]


async def test_what_waits_for_a_thread_that_is_kept_free_is_served_in_the_end(gate):
    """Nothing is forgotten: neither while others come, nor when the pool is closed at that moment."""  # F-27
    pool, made = Pool("kept", threads=2, waiting=4), []

    running = [pool.submit(gate.pass_through, owner="many") for _ in range(2)]
    for _ in running:
        await has_begun(gate)
    crowd = [pool.submit(lambda n=n: made.append(n), owner="many") for n in range(4)]
    alone = pool.submit(lambda: made.append("alone"), owner="one")
    closing = asyncio.get_running_loop().run_in_executor(None, pool.close)
    gate.open.set()
    await asyncio.gather(*running, *crowd[:3], alone, closing)
    assert sorted(map(str, made)) == ["0", "1", "2", "alone"]


def test_who_was_displaced_holds_no_slot():
    """What becomes of its future afterwards frees nobody else's."""
    capacity = Capacity(2)
    calls = [Waiting("a"), Waiting("a")]
    for call in calls:
        capacity.admit(call)
    displaced, _ = capacity.admit(Waiting("b"))
    assert displaced is calls[1]
    capacity.release(displaced)
    assert capacity.is_full
