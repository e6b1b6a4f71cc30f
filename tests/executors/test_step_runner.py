"""Work in steps on an event loop: it waits for sockets there, and for calls in a thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jwt_auth_asgi.executors.step_runner import LoopRunner, run_calls
from jwt_auth_asgi.executors.worker_threads import WorkerThreads
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.steps import Blocking, WaitFd
from tests.steps.parts import careful, ends, lost, waiting


@pytest.fixture
def workers():
    workers = WorkerThreads("steps", run_calls, threads=1)
    yield workers
    workers.close()


@pytest.fixture
def pair():
    """Return two ends of one socket."""
    with ends() as both:
        yield both


async def run(workers, steps, *, meanwhile=lambda: None):
    """Return how a run ended."""
    arrived = asyncio.get_running_loop().create_future()
    LoopRunner(asyncio.get_running_loop(), workers, lambda: steps, arrived.set_result).start()
    meanwhile()
    return await asyncio.wait_for(arrived, 60)


async def test_work_without_steps_has_arrived(workers):
    """A result that is there needs neither loop nor thread."""
    assert await run(workers, waiting()) == []


async def test_it_waits_for_a_socket_on_the_loop(workers, pair):
    """The loop goes on while there is nothing to read; then the work does."""
    here, there = pair
    write = WaitFd(here.fileno(), 60, is_writing=True)
    arrived = await run(
        workers, waiting(write, WaitFd(here.fileno(), 60)), meanwhile=lambda: there.send(b"x")
    )
    assert arrived == [True, True]


async def test_it_waits_no_longer_than_it_wants(workers, pair):
    """When the time is up the work hears that the socket is not ready."""
    assert await run(workers, waiting(WaitFd(pair[0].fileno(), 0.01))) == [False]


async def test_nothing_is_watched_afterwards(workers, pair):
    """Neither the socket nor a timer is left behind."""
    loop = asyncio.get_running_loop()
    await run(workers, waiting(WaitFd(pair[0].fileno(), 60)), meanwhile=lambda: pair[1].send(b"x"))
    assert not loop.remove_reader(pair[0].fileno())
    timers = [one for one in loop._scheduled if not one.cancelled()]
    assert [one for one in timers if "LoopRunner" in repr(one)] == []


async def test_a_second_wake_up_is_harmless(workers, pair):
    """The socket and the timer may both be due in one turn of the loop."""
    loop = asyncio.get_running_loop()
    arrived = loop.create_future()
    one = LoopRunner(loop, workers, lambda: waiting(WaitFd(pair[0].fileno(), 60)), arrived.set_result)
    one.start()
    one._on_ready(True)
    one._on_ready(False)
    assert await arrived == [True]


async def test_a_loop_that_watches_no_sockets_sends_a_thread(workers, pair, monkeypatch):
    """On Windows' own loop a thread waits instead."""

    def refuse(*_arguments):
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
    pair[1].send(b"x")
    assert await run(workers, waiting(WaitFd(pair[0].fileno(), 60))) == [True]


async def test_a_call_is_made_in_a_thread(workers):
    """What may block is made in the workers's thread; its result comes back to the loop's."""

    def name():
        return threading.current_thread().name

    def work():
        there = yield Blocking(name)
        return there, name()

    assert await run(workers, work()) == ("jwt-auth-steps-0", "MainThread")


async def test_what_a_call_raises_is_the_works_to_answer(workers):
    """An exception comes back to where the call was asked for; unanswered, it is how the work ends."""
    assert await run(workers, careful(lost)) == "another way"
    assert isinstance(await run(workers, waiting(Blocking(lost))), ConnectionError)


async def test_an_error_that_is_returned_is_a_result(workers):
    """What a call hands back is handed on, whatever it is."""
    error = ConnectionError("of one among many")
    assert await run(workers, waiting(Blocking(lambda: error))) == [error]


async def test_work_that_cannot_begin_ends(workers):
    """What the making of the steps raises is how the work ends."""
    arrived = asyncio.get_running_loop().create_future()
    LoopRunner(asyncio.get_running_loop(), workers, lambda: 1 // 0, arrived.set_result).start()
    assert isinstance(await arrived, ZeroDivisionError)


async def test_without_a_thread_it_ends(workers, monkeypatch):
    """When the system gives no thread, whoever waits hears that it is too busy."""

    def refuse(_self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert isinstance(await run(workers, waiting(Blocking(bool))), OverloadedError)


def test_a_loop_that_was_closed_is_not_told(workers):
    """A call that returns when its loop is gone harms nobody."""  # F-28
    gone = threading.Event()

    async def leave():
        steps = waiting(Blocking(gone.wait))
        LoopRunner(asyncio.get_running_loop(), workers, lambda: steps, lambda _answer: None).start()

    asyncio.run(leave())
    gone.set()
    assert asyncio.run(run(workers, waiting(Blocking(lambda: 7)))) == [7]
