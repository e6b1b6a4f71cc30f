"""The batcher: all items that wait at the moment go to one piece of work, in steps on the loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jwt_auth_asgi.executors.batcher import MAX_BATCH_SIZE, Batcher
from jwt_auth_core.errors import OverloadedError, RefreshInvalidError
from jwt_auth_core.steps import aside
from tests.executors.gate import LONG, LoopClock, has_begun, soon


@pytest.fixture
def batcher(exchange):
    batcher = Batcher("batch", aside(exchange), waiting=300)
    yield batcher
    exchange.gate.open.set()
    batcher.close()


async def under_way(batcher, exchange):
    """Return one who is on the way, so that a few who come next wait."""
    first = batcher.ask("a")
    await has_begun(exchange.gate)
    return [first]


async def test_what_waits_together_goes_together(batcher, exchange):
    """While one batch is out, the others gather and go as one."""
    first = soon(batcher.ask("a"))
    await has_begun(exchange.gate)
    more = [soon(batcher.ask(item)) for item in ("b", "c", "d")]
    await asyncio.sleep(0)
    exchange.gate.open.set()
    assert await asyncio.gather(first, *more) == ["new a", "new b", "new c", "new d"]
    assert exchange.batches == [["a"], ["b", "c", "d"]]


async def test_an_answer_that_is_an_error_is_raised_to_its_waiter_alone(batcher, exchange):
    """One refused token does not fail its neighbours."""
    exchange.gate.open.set()

    good, bad = await asyncio.gather(batcher.ask("good"), batcher.ask("bad"), return_exceptions=True)
    assert good == "new good"
    assert isinstance(bad, RefreshInvalidError)


async def test_a_failed_batch_fails_all_its_waiters():
    """When the call itself raises, everybody in the batch hears it, and the thread lives on."""
    answers = iter([ConnectionError("down"), None])

    def call(items):
        if error := next(answers):
            raise error
        return items

    batcher = Batcher("failing", aside(call), waiting=10)

    lost = await asyncio.gather(batcher.ask("a"), return_exceptions=True)
    error, later = [*lost, await batcher.ask("b")]
    assert isinstance(error, ConnectionError)
    assert later == "b"
    batcher.close()


async def test_too_few_answers_fail_the_batch_and_not_the_thread():
    """A call that forgets an answer is heard of, and the next batch is served."""
    answers = iter([[], ["b"]])
    batcher = Batcher("forgetful", aside(lambda _items: next(answers)), waiting=10)

    with pytest.raises(RuntimeError, match="number of answers"):
        await batcher.ask("a")
    assert await batcher.ask("b") == "b"
    batcher.close()


async def test_a_batch_is_bounded(batcher, exchange):
    """However many wait, at most MAX_BATCH_SIZE go in one call."""
    first = soon(batcher.ask(0))
    await has_begun(exchange.gate)
    more = [soon(batcher.ask(item)) for item in range(1, 200)]
    await asyncio.sleep(0)
    exchange.gate.open.set()
    await asyncio.gather(first, *more)
    assert [len(batch) for batch in exchange.batches] == [1, MAX_BATCH_SIZE, 199 - MAX_BATCH_SIZE]


async def test_a_full_batch_queue_refuses_at_once(exchange):
    """The queue of the batcher is bounded too: a batch on its way, and those who wait."""
    batcher = Batcher("small", aside(exchange), waiting=1)

    first = soon(batcher.ask(0))
    await has_begun(exchange.gate)
    more = [soon(batcher.ask(item)) for item in range(1, MAX_BATCH_SIZE + 1)]
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError):
        await batcher.ask("one too many")
    exchange.gate.open.set()
    await asyncio.gather(first, *more)
    batcher.close()


async def test_those_who_left_make_room(exchange):
    """A queue full of departed clients is no queue."""  # F-19
    batcher = Batcher("departed", aside(exchange), waiting=1)

    first = batcher.ask(0)
    await has_begun(exchange.gate)
    gone = [batcher.ask(item) for item in range(1, MAX_BATCH_SIZE + 1)]
    for one in gone:
        one.cancel()
    late = batcher.ask("late")
    exchange.gate.open.set()
    assert await asyncio.gather(first, late) == ["new 0", "new late"]
    batcher.close()


async def test_nobody_waits_longer_than_the_timeout(exchange):
    """Whoever waits too long hears that it is too busy, in the order of their coming."""
    batcher = Batcher("impatient", aside(exchange), waiting=9, timeout_seconds=10)
    clock = LoopClock()
    first = batcher.ask("a")
    await has_begun(exchange.gate)
    left, second = batcher.ask("left"), batcher.ask("b")
    left.cancel()
    await clock.move(5)
    third = batcher.ask("c")
    await clock.move(6)
    assert (first.done(), second.done(), third.done()) == (True, True, False)
    await clock.move(6)
    heard = await asyncio.gather(first, second, third, return_exceptions=True)
    assert [type(one) for one in heard] == [OverloadedError] * 3
    exchange.gate.open.set()
    batcher.close()


async def test_the_timeout_begins_anew(exchange):
    """After a quiet time the next one is given as long as the first."""
    batcher = Batcher("patient", aside(exchange), waiting=9, timeout_seconds=10)
    exchange.gate.open.set()

    clock = LoopClock()
    first = await batcher.ask("a")
    await clock.move(30)
    exchange.gate.open.clear()
    second = batcher.ask("b")
    await clock.move(9)
    assert not second.done()
    await clock.move(2)
    exchange.gate.open.set()
    assert (first, type(second.exception())) == ("new a", OverloadedError)
    batcher.close()


async def test_two_batches_are_under_way(exchange):
    """While one waits for the stores, four who came since leave; fewer, and those after them, wait."""
    steps = []

    def work(items):
        steps.append(items)
        return aside(exchange)(items)

    two = Batcher("two", work, waiting=300)
    asked = []
    for items in (["a"], ["b", "c", "d"], ["e"], ["f"]):
        asked += [two.ask(item) for item in items]
        await asyncio.sleep(0.001)
    assert steps == [["a"], ["b", "c", "d", "e"]]
    exchange.gate.open.set()
    assert await asyncio.gather(*asked) == [f"new {item}" for item in "abcdef"]
    assert steps == [["a"], ["b", "c", "d", "e"], ["f"]]
    two.close()


def test_loops_that_are_closed_are_forgotten(batcher, exchange):
    """A process that makes loop after loop keeps the queue of the last."""
    exchange.gate.open.set()

    async def ask():
        return await batcher.ask("a")

    for _ in range(3):
        assert asyncio.run(ask()) == "new a"
    assert len(batcher._queues) == 1


async def test_cancelled_items_are_left_out_of_the_batch(batcher, exchange):
    """A client that went away costs the store nothing."""  # F-19
    both = await under_way(batcher, exchange)
    gone, stays = batcher.ask("gone"), batcher.ask("stays")
    await asyncio.sleep(0)
    gone.cancel()
    exchange.gate.open.set()
    await asyncio.gather(*both, stays)
    assert exchange.batches == [["a"], ["stays"]]


async def test_a_batch_of_the_departed_is_not_made(batcher, exchange):
    """When everybody who waited left, no call is made for them."""  # F-19
    both = await under_way(batcher, exchange)
    gone = batcher.ask("gone")
    await asyncio.sleep(0)
    gone.cancel()
    exchange.gate.open.set()
    await asyncio.gather(*both)
    await asyncio.gather(gone, return_exceptions=True)
    batcher.close()
    assert exchange.batches == [["a"]]


async def test_a_late_answer_to_someone_who_left_harms_nobody(batcher, exchange):
    """Who leaves while the batch is out gets nothing; the neighbours get their answers."""
    gone, stays = soon(batcher.ask("gone")), soon(batcher.ask("stays"))
    await has_begun(exchange.gate)
    gone.cancel()
    exchange.gate.open.set()
    assert await stays == "new stays"


def test_a_batch_of_two_loops_is_shared():
    """Items of several event loops go in one batch, and each answer finds its loop."""  # F-28
    both = threading.Barrier(2)
    batcher = Batcher("loops", aside(lambda items: [item * 2 for item in items]), waiting=10)
    results = []

    async def ask(number):
        both.wait(LONG)
        results.append(await batcher.ask(number))

    loops = [threading.Thread(target=lambda n=n: asyncio.run(ask(n))) for n in (1, 2)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    assert sorted(results) == [2, 4]
    batcher.close()
