"""The pool of connections, on connections that only note what happens to them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence

import pytest

from jwt_auth_core.database.pool import Pool
from jwt_auth_core.database.pooled import PooledDatabase
from jwt_auth_core.database.query import Outcome
from jwt_auth_core.errors import AuthError, QueryError, StoreUnavailableError


class FakeConnection:
    """Does nothing; says whether it is usable."""

    def __init__(self) -> None:
        self.alive = True
        self.closed = False
        self.texts: list[str] = []

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:  # noqa: ARG002
        """Note the text; return nothing."""
        self.texts.append(text)
        return Outcome(None, (), 0)

    def usable(self) -> bool:
        """Return what the test says."""
        return self.alive

    def may_repeat(self, error: AuthError) -> bool:  # noqa: ARG002
        """Return False."""
        return False

    def close(self) -> None:
        """Note it."""
        self.closed = True


class World:
    """A pool and the connections that it opened."""

    def __init__(self, *, size: int = 1, wait_seconds: float = 5) -> None:
        self.opened: list[FakeConnection] = []
        self.refusals = 0
        self.pool = Pool("fake", self.connect, size=size, wait_seconds=wait_seconds)

    def connect(self) -> FakeConnection:
        """Open one more, or refuse as often as the test says."""
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailableError("fake")
        self.opened.append(FakeConnection())
        return self.opened[-1]


def waiting(world: World, taken: list[object], name: str) -> threading.Thread:
    """Start a thread that takes a connection; return once it stands in the queue."""
    before = world.pool.stats().waiting

    def take() -> None:
        try:
            taken.append((name, world.pool.take()))
        except StoreUnavailableError as exc:
            taken.append((name, exc))

    thread = threading.Thread(target=take)
    thread.start()
    while world.pool.stats().waiting == before and thread.is_alive():
        os.sched_yield()
    return thread


def test_a_connection_stays_open_for_the_next():
    """What was given back is lent again; no second one is opened."""
    world = World(size=5)
    first = world.pool.take()
    world.pool.give(first)
    assert world.pool.take() is first
    assert len(world.opened) == 1


def test_the_last_given_back_is_lent_first():
    """The most recently used connection goes out first; the others may rest."""
    world = World(size=2)
    first, second = world.pool.take(), world.pool.take()
    world.pool.give(first)
    world.pool.give(second)
    assert world.pool.take() is second


def test_a_dead_one_is_replaced():
    """An idle connection that died is closed, and a new one lent in its place."""
    world = World()
    world.pool.give(world.pool.take())
    world.opened[0].alive = False
    assert world.pool.take() is world.opened[1]
    assert world.opened[0].closed


def test_only_an_idle_one_is_lent_without_waiting():
    """Nothing is opened and nobody is waited for: there is one, or there is none."""
    world = World(size=2)
    assert world.pool.take_idle() is None
    first = world.pool.take()
    assert world.pool.take_idle() is None
    world.pool.give(first)
    assert world.pool.take_idle() is first
    assert len(world.opened) == 1


def test_a_dead_one_is_not_lent_without_waiting():
    """An idle connection that died is closed; its place is free for a new one."""
    world = World()
    world.pool.give(world.pool.take())
    world.opened[0].alive = False
    assert world.pool.take_idle() is None
    assert world.opened[0].closed
    assert world.pool.take() is world.opened[1]


def test_a_closed_pool_lends_nothing_without_waiting():
    """What is closed has no idle connections."""
    world = World()
    world.pool.give(world.pool.take())
    world.pool.close()
    assert world.pool.take_idle() is None


def test_who_waits_is_served_in_order():
    """When all are in use the longest waiting thread gets the next; nobody overtakes."""
    world, taken = World(), []
    connection = world.pool.take()
    threads = [waiting(world, taken, name) for name in ("first", "second")]
    for name in ("first", "second"):
        world.pool.give(connection)
        threads.pop(0).join()
        assert taken[-1] == (name, connection)


def test_waiting_has_a_deadline():
    """After the deadline the caller is told that all are in use (F-15)."""
    # F-15
    world = World(size=1, wait_seconds=0.01)
    world.pool.take()
    with pytest.raises(StoreUnavailableError, match="fake has all 1 connections in use"):
        world.pool.take()
    assert not world.pool.stats().waiting


def test_a_connection_served_at_the_last_moment_is_not_lost(monkeypatch):
    """Who is served between its deadline and its lock keeps what it was given."""
    world = World()
    connection = world.pool.take()
    monkeypatch.setattr(threading.Event, "wait", lambda *_: bool(world.pool.give(connection)))
    assert world.pool.take() is connection


def test_a_refused_connection_is_no_connection_in_use():
    """When opening fails the place is free again."""
    world = World()
    world.refusals = 3
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            world.pool.take()
    assert world.pool.take() is world.opened[0]


def test_when_a_replacement_fails_the_next_in_the_queue_may_try():
    """The right to open a connection passes to who waits."""
    world, taken = World(), []
    connection = world.pool.take()
    thread = waiting(world, taken, "second")
    world.refusals = 1
    with pytest.raises(StoreUnavailableError):
        world.pool.replace(connection)
    thread.join()
    assert taken == [("second", world.opened[-1])]


def test_closing_closes_all():
    """Idle connections close at once, the others when they come back; then nobody is served."""
    world = World(size=2)
    first, second = world.pool.take(), world.pool.take()
    world.pool.give(first)
    world.pool.close()
    assert (world.opened[0].closed, world.opened[1].closed) == (True, False)
    world.pool.give(second)
    assert world.opened[1].closed
    with pytest.raises(StoreUnavailableError, match="was closed"):
        world.pool.take()


def at_rest(world: World, *, held: int = 0) -> bool:
    """Put a pool to rest without waiting for anybody."""
    return world.pool.rest(held=held, deadline=0)


def test_a_pool_at_rest_lends_nothing():
    """Before a fork nothing goes out; afterwards those who waited are served first."""
    world, taken = World(size=1), []
    world.pool.give(world.pool.take())
    assert at_rest(world)
    assert world.pool.take_idle() is None
    threads = [waiting(world, taken, name) for name in ("first", "second")]
    world.pool.drop_idle()
    world.pool.wake()
    threads[0].join()
    assert (world.opened[0].closed, taken) == (True, [("first", world.opened[1])])
    world.pool.give(world.opened[1])
    threads[1].join()


def test_two_forks_at_once_both_have_their_rest():
    """Only the last of them wakes the pool."""
    world, taken = World(), []
    assert at_rest(world)
    assert at_rest(world)
    world.pool.wake()
    thread = waiting(world, taken, "first")
    assert taken == []
    world.pool.wake()
    thread.join()


def test_resting_waits_for_what_is_out():
    """It goes on as soon as the last one came back, which then is idle and nobody's."""
    world = World(size=2)
    mine, others = world.pool.take(), world.pool.take()
    resting = threading.Thread(target=world.pool.rest, kwargs={"held": 1, "deadline": time.monotonic() + 60})
    resting.start()
    while not world.pool.stats().is_resting:
        os.sched_yield()
    assert resting.is_alive()
    world.pool.give(others)
    resting.join()
    world.pool.wake()
    world.pool.give(mine)
    assert world.pool.stats().idle == (others, mine)


def test_what_cannot_be_opened_is_not_waited_for():
    """A connection whose opening failed while the pool rests is none that is out."""
    world = World()
    dead = world.pool.take()
    assert at_rest(world)
    world.refusals = 1
    with pytest.raises(StoreUnavailableError):
        world.pool.replace(dead)
    assert world.pool.stats().out == 0


def test_a_child_has_a_pool_of_its_own(monkeypatch):
    """After a fork the child opens its own connections; the parent's are kept and left alone (F-28)."""
    # F-28
    world = World()
    world.pool.give(world.pool.take())
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert world.pool.take() is world.opened[1]
    assert not world.opened[0].closed
    world.pool.close()
    assert not world.opened[0].closed


def test_threads_of_a_new_child_agree_on_its_pool(monkeypatch):
    """Two threads that both find the parent's pool make one new pool, not two."""
    # F-28
    world = World(size=2)
    turns = iter([-1, world.pool._here.pid, -1, -1, -1, -1])
    monkeypatch.setattr(os, "getpid", lambda: next(turns))
    world.pool.take()
    assert world.pool._here.pid != -1


def test_a_child_leaves_its_parents_transaction_alone(monkeypatch):
    """A block that a child inherited sends nothing and closes nothing when it ends there (F-28)."""
    # F-28
    world = World()
    block = PooledDatabase(world.pool, dialect="sqlite", begin="BEGIN").transaction()
    block.__enter__()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(QueryError, match="process that opened it"):
        block.__exit__(None, None, None)
    assert world.opened[0].texts == ["BEGIN"]
    assert not world.opened[0].closed
    assert world.pool.take() is world.opened[1]
