"""Work in the background: one thread, nudged, closed, forked, and gone with whom it serves."""

from __future__ import annotations

import gc
import logging
import threading
import weakref

import pytest

from jwt_auth_core.background import Repeating
from tests.keys.made import wait_for

NAME = "background-under-test"


class Steps:
    """Counts its steps; each raises ``error``, if there is one, or returns ``pause``."""

    def __init__(self):
        self.count = 0
        self.error = None
        self.pause = None
        self.taken = threading.Semaphore(0)

    def step(self):
        """Count."""
        error, pause = self.error, self.pause
        self.count += 1
        self.taken.release()
        if error is not None:
            raise error
        return pause


class Waiting:
    """Waits in its step, for whatever it is, until it is told to end."""

    def __init__(self):
        self.stop = threading.Event()
        self.begun = threading.Event()

    def step(self):
        """Wait."""
        self.begun.set()
        self.stop.wait()


def threads():
    """Return the threads under test that are alive."""
    return [one for one in threading.enumerate() if one.name == NAME]


@pytest.fixture
def steps():
    """Return steps to take."""
    return Steps()


@pytest.fixture
def one(steps):
    """Return what takes them once a minute, and whenever it is nudged."""
    made = Repeating(steps.step, seconds=60, name=NAME)
    yield made
    made.close(wait_seconds=10)
    assert not threads()


def taken(steps, count=1):
    """Wait until so many more steps were taken."""
    for _ in range(count):
        assert steps.taken.acquire(timeout=60)


def test_it_starts_once_and_ends_when_closed(one, steps):
    """However often it is started; closed, it starts no more, and is gone when closing returns."""
    assert one.start()
    assert one.start()
    assert len(threads()) == 1
    taken(steps)
    one.close(wait_seconds=10)
    assert one.start()
    assert not threads()


def test_a_nudge_is_a_step_now(one, steps):
    """Nobody waits for the interval to end."""
    one.start()
    taken(steps)
    one.nudge()
    taken(steps)
    assert steps.count == 2


def test_a_step_says_when_it_is_due_again(one, steps):
    """Sooner than usual, as long as it says so."""
    steps.pause = 0.0
    one.start()
    taken(steps, 3)
    steps.pause = None


def test_what_a_step_did_not_see_to_ends_nothing(one, steps, caplog):
    """It is logged, once until a step succeeds again, and the next step is taken."""
    caplog.set_level(logging.ERROR, "jwt_auth.background")
    steps.error = ValueError("a fault")
    one.start()
    taken(steps)
    for error in (ValueError("again"), None, ValueError("anew")):
        steps.error = error
        one.nudge()
        taken(steps)
    one.close(wait_seconds=10)
    assert [record.getMessage() for record in caplog.records] == [f"{NAME} failed, and is tried again"] * 2
    assert [str(record.exc_info[1]) for record in caplog.records] == ["a fault", "anew"]


def test_it_is_gone_with_whom_it_serves():
    """The thread holds nobody between two steps."""
    served = Steps()
    other = Repeating(served.step, seconds=60, name=NAME)
    other.start()
    taken(served)
    gone = weakref.ref(served)
    del served
    gc.collect()
    wait_for(lambda: gone() is None)
    other.nudge()
    wait_for(lambda: not threads())


def test_it_is_gone_when_nobody_holds_it():
    """At once, also out of a step that waits."""
    served = Waiting()
    one = Repeating(served.step, seconds=60, name=NAME, ended=served.stop)
    one.start()
    assert served.begun.wait(60)
    del one
    gc.collect()
    wait_for(lambda: not threads())


def test_a_step_may_close_it():
    """Its own thread does not wait for itself."""

    class Closing:
        def step(self):
            one.close(wait_seconds=10)

    served = Closing()
    one = Repeating(served.step, seconds=0, name=NAME)
    one.start()
    wait_for(lambda: not threads())
    assert one.is_closed


def test_a_system_without_threads_is_tried_again(one, steps, monkeypatch):
    """Whoever starts it is told."""
    with monkeypatch.context() as patch:
        patch.setattr(
            threading.Thread, "start", lambda _self: (_ for _ in ()).throw(RuntimeError("can't start"))
        )
        assert not one.start()
    assert not threads()
    assert one.start()
    taken(steps)


def test_two_that_start_at_once_start_one(one, steps):
    """Whoever comes second finds it running."""
    one.start()
    taken(steps)
    thread = one._thread

    class Late:
        def __enter__(self):
            one._thread = thread

        def __exit__(self, *_):
            pass

    one._thread, one._lock = None, Late()
    assert one.start()
    assert len(threads()) == 1


def test_a_child_starts_anew(one, steps):
    """With locks and events of its own, whoever held the parent's; nothing of the parent's ends."""
    one.start()
    taken(steps)
    parents = one._ended, one._nudged
    with one._lock:
        one.after_fork()
        one.start()
    taken(steps)
    one.close(wait_seconds=10)
    assert len(threads()) == 1
    for event in parents:
        event.set()
    wait_for(lambda: not threads())


def test_who_was_closed_stays_closed_in_a_child(one):
    """A child starts nothing that its parent had ended."""
    one.close()
    one.after_fork()
    assert one.start()
    assert not threads()
