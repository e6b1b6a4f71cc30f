"""The thread that takes all refreshes that wait at the moment to one call."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jwt_auth_asgi.workers import MOST_AT_ONCE, Batcher
from jwt_auth_core.errors import OverloadedError, RefreshInvalidError
from tests.auth_app.gate import LONG, Gate, has_begun, soon


class Exchange:
    """A batch call that notes its batches and can be held back."""

    def __init__(self):
        self.batches: list[list[object]] = []
        self.gate = Gate()

    def __call__(self, items):
        self.gate.pass_through()
        self.batches.append(list(items))
        return [RefreshInvalidError() if item == "bad" else f"new {item}" for item in items]


@pytest.fixture
def exchange():
    exchange = Exchange()
    yield exchange
    exchange.gate.open.set()


@pytest.fixture
def batcher(exchange):
    batcher = Batcher("batch", exchange, waiting=300)
    yield batcher
    exchange.gate.open.set()
    batcher.close()


def test_what_waits_together_goes_together(batcher, exchange):
    """While one batch is out, the others gather and go as one."""

    async def herd():
        first = soon(batcher.ask("a"))
        await has_begun(exchange.gate)
        more = [soon(batcher.ask(item)) for item in ("b", "c", "d")]
        await asyncio.sleep(0)
        exchange.gate.open.set()
        return await asyncio.gather(first, *more)

    assert asyncio.run(herd()) == ["new a", "new b", "new c", "new d"]
    assert exchange.batches == [["a"], ["b", "c", "d"]]


def test_an_answer_that_is_an_error_is_raised_to_its_waiter_alone(batcher, exchange):
    """One refused token does not fail its neighbours."""
    exchange.gate.open.set()

    async def both():
        return await asyncio.gather(batcher.ask("good"), batcher.ask("bad"), return_exceptions=True)

    good, bad = asyncio.run(both())
    assert good == "new good"
    assert isinstance(bad, RefreshInvalidError)


def test_a_failed_batch_fails_all_its_waiters():
    """When the call itself raises, everybody in the batch hears it, and the thread lives on."""
    answers = iter([ConnectionError("down"), None])

    def call(items):
        if error := next(answers):
            raise error
        return items

    batcher = Batcher("failing", call, waiting=10)

    async def herd():
        lost = await asyncio.gather(batcher.ask("a"), return_exceptions=True)
        return [*lost, await batcher.ask("b")]

    error, later = asyncio.run(herd())
    assert isinstance(error, ConnectionError)
    assert later == "b"
    batcher.close()


def test_too_few_answers_fail_the_batch_and_not_the_thread():
    """A call that forgets an answer is heard of, and the next batch is served."""
    answers = iter([[], ["b"]])
    batcher = Batcher("forgetful", lambda _items: next(answers), waiting=10)

    async def scenario():
        with pytest.raises(ValueError, match="zip"):
            await batcher.ask("a")
        return await batcher.ask("b")

    assert asyncio.run(scenario()) == "b"
    batcher.close()


def test_a_batch_is_bounded(batcher, exchange):
    """However many wait, at most MOST_AT_ONCE go in one call."""

    async def herd():
        first = soon(batcher.ask(0))
        await has_begun(exchange.gate)
        more = [soon(batcher.ask(item)) for item in range(1, 200)]
        await asyncio.sleep(0)
        exchange.gate.open.set()
        await asyncio.gather(first, *more)

    asyncio.run(herd())
    assert [len(batch) for batch in exchange.batches] == [1, MOST_AT_ONCE, 199 - MOST_AT_ONCE]


def test_a_full_batch_queue_refuses_at_once(exchange):
    """The queue of the batcher is bounded too: a batch on its way, and those who wait."""
    batcher = Batcher("small", exchange, waiting=1)

    async def herd():
        first = soon(batcher.ask(0))
        await has_begun(exchange.gate)
        more = [soon(batcher.ask(item)) for item in range(1, MOST_AT_ONCE + 1)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await batcher.ask("one too many")
        exchange.gate.open.set()
        await asyncio.gather(first, *more)

    asyncio.run(herd())
    batcher.close()


def test_cancelled_items_are_left_out_of_the_batch(batcher, exchange):
    """A client that went away costs the store nothing."""  # F-19

    async def leave():
        first = soon(batcher.ask("a"))
        await has_begun(exchange.gate)
        gone, stays = soon(batcher.ask("gone")), soon(batcher.ask("stays"))
        await asyncio.sleep(0)
        gone.cancel()
        exchange.gate.open.set()
        return await asyncio.gather(first, stays)

    asyncio.run(leave())
    assert exchange.batches == [["a"], ["stays"]]


def test_a_batch_of_the_departed_is_not_made(batcher, exchange):
    """When everybody who waited left, no call is made for them."""  # F-19

    async def leave():
        first = soon(batcher.ask("a"))
        await has_begun(exchange.gate)
        gone = soon(batcher.ask("gone"))
        await asyncio.sleep(0)
        gone.cancel()
        exchange.gate.open.set()
        await first
        await asyncio.gather(gone, return_exceptions=True)

    asyncio.run(leave())
    batcher.close()
    assert exchange.batches == [["a"]]


def test_a_late_answer_to_someone_who_left_harms_nobody(batcher, exchange):
    """Who leaves while the batch is out gets nothing; the neighbours get their answers."""

    async def leave():
        gone, stays = soon(batcher.ask("gone")), soon(batcher.ask("stays"))
        await has_begun(exchange.gate)
        gone.cancel()
        exchange.gate.open.set()
        return await stays

    assert asyncio.run(leave()) == "new stays"


def test_a_batch_of_two_loops_is_shared():
    """Items of several event loops go in one batch, and each answer finds its loop."""  # F-28
    both = threading.Barrier(2)
    batcher = Batcher("loops", lambda items: [item * 2 for item in items], waiting=10)
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
