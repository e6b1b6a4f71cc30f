"""Calls that may hang: waited for so long, so many at a time."""

import threading

import pytest

from jwt_auth_core.hooks.bounded import MOST, Bounded
from jwt_auth_core.hooks.refusal import HookFailedError, RefusedError


@pytest.fixture
def hanging():
    """Return a call that hangs until the test is over."""
    over = threading.Event()
    yield over.wait
    over.set()


def fail():
    """Be a hook with a fault."""
    raise KeyError("secret")


def refuse():
    """Be a hook that refuses."""
    raise RefusedError("not_you")


def test_what_a_call_returns_comes_back():
    """Also where that is nothing."""
    assert Bounded("h")(lambda: 3) == 3
    assert Bounded("h")(lambda: None) is None


def test_a_refusal_is_raised_as_it_is():
    """The word of the application reaches the client."""
    with pytest.raises(RefusedError) as caught:
        Bounded("h")(refuse)
    assert (caught.value.reason, caught.value.code) == ("not_you", "refused")


def test_any_other_error_is_a_failure(caplog):
    """It is logged, and whoever asked comes again later."""
    with pytest.raises(HookFailedError, match="the hook h gave no answer"):
        Bounded("h")(fail)
    assert caplog.messages == ["the hook h failed"]


def test_a_call_that_hangs_is_given_up(hanging, caplog):
    """After its deadline, whatever becomes of it."""
    with pytest.raises(HookFailedError):
        Bounded("h", seconds=0.01)(hanging)
    assert caplog.messages == ["the hook h did not answer in time"]


def test_so_many_hang_and_no_more(hanging, caplog):
    """The next one is told at once, and nobody waits for those who never come back."""
    bounded = Bounded("h", seconds=0.01)
    for _ in range(MOST):
        with pytest.raises(HookFailedError):
            bounded(hanging)
    with pytest.raises(HookFailedError):
        bounded(lambda: 3)
    assert caplog.messages[-1] == f"the hook h is not asked: {MOST} calls of it have not come back"
    bounded.after_fork()
    assert bounded(lambda: 3) == 3


def test_a_call_that_came_back_makes_room():
    """However many there were before."""
    bounded = Bounded("h")
    assert [bounded(lambda: 1) for _ in range(3 * MOST)] == [1] * 3 * MOST


def test_want_of_threads_is_a_failure(monkeypatch):
    """Where the system gives no thread nothing is asked, and its place is free again."""
    bounded = Bounded("h")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse_to_start)
        for _ in range(MOST + 1):
            with pytest.raises(HookFailedError):
                bounded(lambda: 3)
    assert bounded(lambda: 3) == 3


def refuse_to_start(_thread):
    """Be a system that is out of threads."""
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("reason", ["", "Not", "no reason", "1st", "a-b", "x" * 65])
def test_a_reason_is_a_word(reason):
    """A client compares it."""
    with pytest.raises(ValueError, match="snake_case"):
        RefusedError(reason)
