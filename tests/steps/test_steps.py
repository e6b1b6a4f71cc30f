"""Work in steps: what each step's caller does, and what comes back."""

from __future__ import annotations

import pytest

from jwt_auth_core.steps import Blocking, WaitFd, aside, run
from tests.steps.parts import careful, ends, lost, waiting


@pytest.fixture
def pair():
    """Return two ends of one socket."""
    with ends() as both:
        yield both


def test_steps_without_a_step_have_a_result():
    """Work that waits for nothing is just done."""
    assert run(waiting()) == []


def test_a_socket_is_waited_for(pair):
    """True when there is something to read, or room to write; False when the time is up."""
    here, there = pair
    nothing = WaitFd(here.fileno(), 0)
    assert run(waiting(nothing, WaitFd(here.fileno(), 0, is_writing=True))) == [False, True]
    there.send(b"x")
    assert run(waiting(WaitFd(here.fileno(), 60))) == [True]


def test_a_time_that_is_over_is_no_wait(pair):
    """What was due before now is looked at once."""
    assert run(waiting(WaitFd(pair[0].fileno(), -1))) == [False]


def test_a_call_is_made_aside():
    """A call's result comes back to where it was asked for."""
    assert run(waiting(Blocking(lambda: 7), Blocking(lambda: None))) == [7, None]


def test_what_a_call_raises_comes_back():
    """An exception is thrown in where the call was asked for, and may be answered there."""
    assert run(careful(lost)) == "another way"
    with pytest.raises(ConnectionError, match="down"):
        run(waiting(Blocking(lost)))


def test_an_error_that_is_returned_is_a_result():
    """What a call hands back is handed on, whatever it is."""
    error = ConnectionError("of one among many")
    assert run(waiting(Blocking(lambda: error))) == [error]


def test_any_function_can_be_steps():
    """A plain function becomes the one step of calling it."""
    steps = aside(divmod)(7, 2)
    assert isinstance(next(steps), Blocking)
    steps.close()
    assert run(aside(divmod)(7, 2)) == (3, 1)
