"""The bounded threads: when they start and end, and whom they serve."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import weakref

import pytest

from jwt_auth_asgi.executors.capacity import Capacity
from jwt_auth_asgi.executors.pool import Pool, cores
from jwt_auth_core.errors import OverloadedError
from tests.executors.gate import LONG, Waiting, has_begun, soon


def threads(name):
    return [thread for thread in threading.enumerate() if thread.name.startswith(f"jwt-auth-{name}-")]


async def test_nothing_starts_before_the_first_call():
    """Making a pool starts no thread; the first call starts all of them."""
    pool = Pool("lazy", threads=2, waiting=2)
    assert threads("lazy") == []
    assert await pool.run(lambda: 7) == 7
    assert len(threads("lazy")) == 2
    pool.close()
    assert threads("lazy") == []


def test_one_pool_serves_many_loops(pool):
    """Event loops of several threads share a pool; each gets its own results."""  # F-28
    results = []
    loops = [
        threading.Thread(target=lambda n=n: results.append(asyncio.run(_echo(pool, n)))) for n in range(2)
    ]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    assert sorted(results) == [0, 1]


async def _echo(pool, number):
    return await pool.run(lambda: number)


def test_a_loop_that_was_closed_harms_nobody(pool, gate):
    """A result for a closed loop is dropped; the thread serves the next loop."""  # F-28

    async def leave():
        soon(pool.run(gate.pass_through))
        await has_begun(gate)

    asyncio.run(leave())
    gate.open.set()
    assert asyncio.run(pool.run(lambda: "next")) == "next"


def test_a_loop_that_was_left_in_the_middle_keeps_no_slot(pool, gate):
    """Capacity of a loop that was closed without a word are free when the thread has got to them."""  # F-28
    loop = asyncio.new_event_loop()

    async def begin():
        futures = [pool.submit(gate.pass_through) for _ in range(3)]
        await has_begun(gate)
        return futures

    left = loop.run_until_complete(begin())
    left[2].cancel()  # nor does the loop hear of this
    loop.close()
    with pytest.raises(OverloadedError):
        pool.check_capacity()
    gate.open.set()
    deadline = time.monotonic() + LONG
    while pool._capacity._holding:
        assert time.monotonic() < deadline, "a slot was kept"
        time.sleep(0.001)
    assert asyncio.run(_echo(pool, 7)) == 7


def test_a_slot_is_released_once():
    """Whoever is first gives it back; the second one changes nothing."""
    capacity = Capacity(2)
    first = Waiting("a")
    capacity.admit(first)
    capacity.admit(Waiting("a"))
    with pytest.raises(OverloadedError):
        capacity.admit(Waiting("a"))
    capacity.release(first)
    capacity.release(first)
    capacity.admit(Waiting("a"))
    with pytest.raises(OverloadedError):
        capacity.admit(Waiting("a"))


async def test_a_closed_pool_starts_again(pool):
    """After close the next call starts new threads."""
    await pool.run(lambda: None)
    pool.close()
    assert await pool.run(lambda: "again") == "again"


def test_closing_twice_or_unused_is_harmless():
    """close() of a pool that never ran, and a second close(), do nothing."""
    pool = Pool("unused", threads=1, waiting=1)
    pool.close()
    pool.close()


async def test_close_lets_the_waiting_finish(pool, gate):
    """What waits when the pool is closed is still done."""  # F-27
    calls = [soon(pool.run(gate.pass_through)) for _ in range(2)]
    await has_begun(gate)
    closing = asyncio.get_running_loop().run_in_executor(None, pool.close)
    gate.open.set()
    await closing
    assert await asyncio.gather(*calls) == ["done", "done"]


def test_a_forgotten_pool_ends_its_threads():
    """An application that is dropped without shutdown leaves no thread behind."""
    pool = Pool("forgotten", threads=2, waiting=1)
    asyncio.run(pool.run(lambda: None))
    left, gone = threads("forgotten"), weakref.ref(pool)
    del pool
    gc.collect()
    assert gone() is None
    for thread in left:
        thread.join(LONG)
    assert threads("forgotten") == []


async def test_a_forked_child_starts_its_own_threads(pool, gate, monkeypatch):
    """Neither threads nor waiters survive a fork: under another process id all begins anew."""  # F-28
    await pool.run(lambda: None)
    (old,) = threads("test")
    child = os.getpid() + 1
    waiting = [soon(pool.run(gate.pass_through)) for _ in range(3)]
    await has_begun(gate)
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: child)
        assert await pool.run(threading.current_thread) is not old
        await asyncio.to_thread(pool.close)
    gate.open.set()
    for one in waiting:
        one.cancel()


async def test_no_more_threads_is_an_overload(monkeypatch):
    """When the system gives no thread the caller hears that it is too busy; later it works."""
    pool = Pool("starved", threads=2, waiting=1)

    def refuse(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(OverloadedError):
            await pool.run(lambda: None)
    assert await pool.run(lambda: "later") == "later"
    pool.close()


def test_this_process_has_a_core():
    """The number of usable cores is at least one and at most the machine's."""
    assert 1 <= cores() <= (os.cpu_count() or 1)
