"""The bounded threads: what waits, what is refused, what is skipped."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jwt_auth_asgi.executors.capacity import Capacity
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.features.service import HASH_NICENESS, Service
from jwt_auth_core.errors import OverloadedError
from tests.auth_app.world import World
from tests.executors.gate import LoopClock, Waiting, has_begun, soon

ROOT = Path(__file__).parents[2]


async def test_a_call_runs_off_the_event_loop(pool):
    """The call's thread is one of the pool's, not the loop's."""  # PW-06
    assert await pool.run(lambda: threading.current_thread().name) == "jwt-auth-test-0"


async def test_an_exception_reaches_its_waiter(pool):
    """What the call raises is raised to whoever waits, and the thread lives on."""
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)
    assert await pool.run(lambda: "alive") == "alive"


async def test_even_a_thread_killer_is_delivered(pool):
    """A driver's BaseException does not end the thread."""

    class Panic(BaseException):
        pass

    def panic():
        raise Panic

    with pytest.raises(Panic):
        await pool.run(panic)
    assert await pool.run(lambda: "alive") == "alive"


async def test_what_no_future_takes_is_delivered_as_an_error(pool):
    """StopIteration, of a bare next() for one: whoever waits hears of it at once."""
    with pytest.raises(RuntimeError) as raised:
        await asyncio.wait_for(pool.run(lambda: next(iter(()))), 10)
    assert isinstance(raised.value.__cause__, StopIteration)
    assert await pool.run(lambda: "alive") == "alive"


async def test_a_full_queue_refuses_at_once(pool, gate):
    """One runs, two wait, the fourth hears at once that it is too busy."""  # F-20
    first = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    waiting = [soon(pool.run(gate.pass_through)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError):
        await pool.run(gate.pass_through)
    gate.open.set()
    assert await asyncio.gather(first, *waiting) == ["done"] * 3


async def test_a_place_is_taken_at_once(pool, gate):
    """Of calls submitted in one step of the loop, those beyond the room are refused in that step."""  # F-20
    capacity = [pool.submit(gate.pass_through) for _ in range(3)]
    with pytest.raises(OverloadedError):
        pool.submit(gate.pass_through)
    gate.open.set()
    assert await asyncio.gather(*capacity) == ["done"] * 3


async def test_a_place_that_nobody_waited_for_is_given_back(pool, gate):
    """Who is cancelled before anything has run leaves no place taken."""  # F-19
    for _ in range(20):
        pool.submit(gate.pass_through).cancel()
        await asyncio.sleep(0)
    gate.open.set()
    assert await asyncio.gather(*(pool.submit(lambda: "here") for _ in range(3))) == ["here"] * 3


NICE = """
import asyncio, os
from jwt_auth_asgi.executors.pool import Pool
os.nice(5)
pool = Pool("nice", threads=1, waiting=1, niceness=3)
inside = asyncio.run(pool.run(lambda: os.getpriority(os.PRIO_PROCESS, 0)))
print(inside - os.getpriority(os.PRIO_PROCESS, os.getpid()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_threads_give_way():
    """By as much as was asked for, below what the process was started with; the loop's stays."""
    # To raise a priority takes a right that few have: a thread that tried to would end.
    done = subprocess.run([sys.executable, "-c", NICE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_hashing_gives_way_a_little():
    """Beside a busy neighbour it gets half its share, not a tenth: logins are not answered 503 for it."""
    service = Service(World().auth)
    inside = await service._hashing.run(lambda: os.getpriority(os.PRIO_PROCESS, 0))
    assert (inside - os.getpriority(os.PRIO_PROCESS, 0), HASH_NICENESS) == (3, 3)
    service.close()


async def test_a_pool_without_a_queue_still_works():
    """With room for nobody to wait, as many calls as there are threads are served."""
    pool = Pool("narrow", threads=1, waiting=0)
    assert await pool.run(lambda: "served") == "served"
    pool.close()


async def test_who_leaves_makes_room(pool, gate):
    """The place of a client that went away is free at once, while its call still runs."""  # F-19
    gone = [soon(pool.run(gate.pass_through)) for _ in range(3)]
    await has_begun(gate)
    for one in gone:
        one.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    next_one = soon(pool.run(lambda: "next"))
    await asyncio.sleep(0)
    gate.open.set()
    assert await next_one == "next"


async def test_those_who_left_do_not_fill_the_queue(pool, gate):
    """However many clients come and go while a call runs, who stays keeps the place."""  # F-19
    held = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    stays = soon(pool.run(lambda: "stayed"))
    for _ in range(100):
        fickle = soon(pool.run(lambda: gate.pass_through("fickle")))
        await asyncio.sleep(0)
        fickle.cancel()
        await asyncio.gather(fickle, return_exceptions=True)
        assert pool._workers._jobs.qsize() <= 3
    gate.open.set()
    await held
    assert await stays == "stayed"
    assert gate.seen == ["done"]


async def test_work_of_a_client_that_went_away_is_skipped(pool, gate):
    """A queued call whose waiter was cancelled is never run."""  # F-19
    first = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    gone = soon(pool.run(lambda: gate.pass_through("gone")))
    await asyncio.sleep(0)
    gone.cancel()
    gate.open.set()
    await asyncio.gather(first, gone, return_exceptions=True)
    await pool.run(lambda: None)
    assert gate.seen == ["done"]


async def test_the_result_of_a_running_call_whose_client_left_is_dropped(pool, gate):
    """A call that runs is not interrupted; its result goes nowhere and harms nobody."""  # F-19
    gone = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    gone.cancel()
    gate.open.set()
    assert await pool.run(lambda: "next") == "next"
    assert gate.seen == ["done"]


async def test_the_timeout_ends_the_waiting(pool, gate):
    """A call that no thread comes to is answered as overload, and is never made afterwards."""  # F-04
    made = []

    clock = LoopClock()
    running = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    waiting = pool.submit(lambda: made.append("too late"))
    await clock.move(11)
    assert isinstance(waiting.exception(), OverloadedError)
    gate.open.set()
    assert await running == "done"
    pool.close()  # when the thread has come to it
    assert made == []


async def test_a_call_that_has_begun_is_waited_for(pool, gate):
    """Whatever it does may be done: nobody is told that it is not."""
    clock = LoopClock()
    running = soon(pool.run(gate.pass_through))
    await has_begun(gate)
    await clock.move(11)  # the timeout is over
    assert not running.done()
    gate.open.set()
    assert await running == "done"


def test_either_it_is_begun_or_given_up():
    """The thread and the timeout that come at the same moment agree on who was first."""
    capacity = Capacity(2)
    first, second = Waiting("a"), Waiting("a")
    capacity.admit(first)
    capacity.admit(second)
    assert capacity.take() is first
    assert not capacity.withdraw(first)  # too late to give it up
    assert capacity.withdraw(second)
    assert capacity.take() is None  # too late to begin it


async def test_a_timeout_of_the_call_itself_is_its_own(pool):
    """A TimeoutError that the call raises is not taken for ours."""

    def call():
        raise TimeoutError("the store's")

    with pytest.raises(TimeoutError, match="the store's"):
        await pool.run(call)


async def test_context_variables_reach_the_thread(pool):
    """A request id kept in a context variable is seen by the call."""
    request_id = contextvars.ContextVar("request_id", default="none")

    request_id.set("abc")
    assert await pool.run(request_id.get) == "abc"
