"""The hook runner: functions of the application's, on the loop or in threads, until their deadline."""

import asyncio
import sys
import threading

import pytest

from jwt_auth_asgi.executors.hook_runner import HookRunner
from jwt_auth_core.hooks.refusal import HookFailedError, RefusedError


@pytest.fixture
def runner():
    """Return one that does not wait long."""
    runner = HookRunner("h", seconds=0.05)
    yield runner
    runner.close()


@pytest.fixture
def patient():
    """Return one with the usual deadline."""
    runner = HookRunner("h")
    yield runner
    runner.close()


class Awaited:
    """An object whose call must be awaited."""

    async def __call__(self, number):
        """Return where it runs."""
        return number, threading.current_thread().name


async def awaited(number):
    """Return where it runs."""
    return number, threading.current_thread().name


def in_a_moment(number):
    """Be no coroutine function, and return what must be awaited."""
    return awaited(number)


@pytest.mark.parametrize("hook", [awaited, Awaited(), in_a_moment])
async def test_what_must_be_awaited_runs_on_the_loop(patient, hook):
    """A coroutine function, an object that is one, and a function that returns an awaitable."""
    assert await patient(hook, 3) == (3, threading.current_thread().name)


async def test_all_else_has_threads_of_its_own(patient):
    """It may block."""
    number, name = await patient(lambda number: (number, threading.current_thread().name), 3)
    assert (number, name.startswith("jwt-auth-hook-h-")) == (3, True)


async def test_a_thread_that_hangs_is_given_up(runner, caplog):
    """The next one is answered meanwhile."""
    over = threading.Event()
    with pytest.raises(HookFailedError):
        await runner(over.wait)
    assert await runner(lambda: 3) == 3
    over.set()
    assert caplog.messages[-1] == "the hook h did not answer in 0.05 seconds"


async def test_who_does_not_let_itself_be_cancelled_is_given_up(runner):
    """Nobody waits for a task that swallows its end."""
    over = asyncio.Event()

    async def stubborn():
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue
        raise ValueError("late")

    with pytest.raises(HookFailedError):
        await runner(stubborn)
    over.set()
    await asyncio.sleep(0)


def refuse():
    """Refuse."""
    raise RefusedError("not_you")


def fail():
    """Fail."""
    raise ValueError("a fault")


def stop():
    """Find nothing."""
    return next(iter(()))


def interrupt():
    """Raise what Ctrl-C does."""
    raise KeyboardInterrupt


def leave():
    """Mean to end the process."""
    sys.exit(3)


async def leave_awaited():
    """Mean to end it, on the loop."""
    leave()


def in_the_end():
    """Be no coroutine function, and mean to end it on the loop."""
    return leave_awaited()


async def cancel():
    """Be cancelled from within."""
    raise asyncio.CancelledError


async def test_a_refusal_comes_as_it_is(patient):
    """With its reason."""
    with pytest.raises(RefusedError, match="refused by the application"):
        await patient(refuse)


@pytest.mark.parametrize("hook", [fail, cancel, interrupt, leave, leave_awaited, in_the_end])
async def test_all_else_is_a_failure(patient, hook, caplog):
    """It is logged, and the answer is 503."""
    with pytest.raises(HookFailedError):
        await patient(hook)
    assert caplog.messages[-1] == "the hook h failed"


async def test_a_failure_is_logged_with_its_cause(patient, caplog):
    """Also where a future takes no such exception."""
    with pytest.raises(HookFailedError):
        await patient(stop)
    assert caplog.messages[-1] == "the hook h failed"
    assert "next(iter(()))" in caplog.text


async def test_who_asked_may_go(patient):
    """A cancelled request takes its hook along."""
    gone = asyncio.Event()

    async def long():
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()

    asking = asyncio.ensure_future(patient(long))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    await gone.wait()
    assert (await asyncio.gather(asking, return_exceptions=True))[0].__class__ is asyncio.CancelledError
