"""The thread of a watch: one, nudged, closed, forked, and gone with whom it serves."""

from __future__ import annotations

import gc
import threading

from jwt_auth_core.keys.watch import Watch
from tests.keys.made import wait_for


class Steps:
    """Counts its steps."""

    def __init__(self):
        self.count = 0
        self.forks = 0
        self.taken = threading.Event()

    def step(self):
        """Count."""
        self.count += 1
        self.taken.set()

    def after_fork(self):
        """Count."""
        self.forks += 1


def threads():
    """Return how many threads of watches under test there are."""
    return [one for one in threading.enumerate() if one.name == "watch-under-test"]


def test_a_watch_starts_once_and_ends_when_closed():
    """However often it is started; closed, it starts no more."""
    steps = Steps()
    one = Watch(steps, seconds=60, name="watch-under-test")
    one.start()
    one.start()
    assert len(threads()) == 1
    assert steps.taken.wait(5)
    one.close()
    wait_for(lambda: not threads())
    one.start()
    assert not threads()


def test_a_nudge_is_a_step_now():
    """Nobody waits for the interval to end."""
    steps = Steps()
    one = Watch(steps, seconds=60, name="watch-under-test")
    one.start()
    assert steps.taken.wait(5)
    one.nudge()
    wait_for(lambda: steps.count == 2)
    one.close()


def test_a_watch_is_gone_with_whom_it_serves():
    """Tokens that nobody holds leave no thread behind."""
    steps = Steps()
    one = Watch(steps, seconds=60, name="watch-under-test")
    one.start()
    assert steps.taken.wait(5)
    del steps
    gc.collect()
    one.nudge()
    wait_for(lambda: not threads())
    one.after_fork()


def test_a_system_without_threads_is_tried_again(monkeypatch):
    """Verifying goes on meanwhile."""
    steps = Steps()
    one = Watch(steps, seconds=60, name="watch-under-test")
    with monkeypatch.context() as patch:
        patch.setattr(
            threading.Thread, "start", lambda _self: (_ for _ in ()).throw(RuntimeError("can't start"))
        )
        one.start()
    assert not threads()
    one.start()
    assert steps.taken.wait(5)
    one.close()


def test_two_that_start_at_once_start_one():
    """Whoever comes second finds it running."""
    steps = Steps()
    one = Watch(steps, seconds=60, name="watch-under-test")
    one.start()
    assert steps.taken.wait(5)

    class Late:
        def __enter__(self):
            one._is_running = True

        def __exit__(self, *_):
            pass

    one._is_running, one._lock = False, Late()
    one.start()
    assert len(threads()) == 1
    one.close()
    wait_for(lambda: not threads())
