"""Subscribers: told in order and in place, and no failure of theirs is anybody else's."""

import os
import threading

import pytest

from jwt_auth_core.events import Event, LoggedIn, LoggedOut, LoginFailed, Subscribers

IN, OUT, FAILED = LoggedIn(at=1), LoggedOut(at=2), LoginFailed(at=3)


@pytest.fixture
def subscribers():
    """Return a list of subscribers that nobody is on."""
    return Subscribers()


@pytest.mark.parametrize(
    ("kinds", "heard"),
    [((LoggedIn,), [IN]), ((LoggedIn, LoginFailed), [IN, FAILED]), ((Event,), [IN, OUT, FAILED])],
)
def test_a_subscriber_hears_what_it_asked_for(subscribers, kinds, heard):
    """One type, several types, or all of them."""
    told = []
    subscribers.on(*kinds)(told.append)
    for event in (IN, OUT, FAILED):
        subscribers(event)
    assert told == heard


def test_the_decorated_function_stays_what_it_is(subscribers):
    """A subscriber may be called by others, too, and may subscribe twice."""

    def note(event):
        return event.at

    assert subscribers.on(LoggedIn)(subscribers.on(LoggedOut)(note)) is note
    assert note(IN) == 1


def test_a_subscriber_hears_an_event_once(subscribers):
    """Also when both of the types that it named fit."""
    told = []
    subscribers.on(Event, LoggedIn)(told.append)
    subscribers(IN)
    assert told == [IN]


def test_a_subscriber_that_raises_is_logged(subscribers, caplog):
    """The others are told all the same, and whoever reports the event notices nothing."""
    told = []

    @subscribers.on(LoggedIn)
    def broken(_event):
        raise LookupError("no such pigeon")

    subscribers.on(LoggedIn)(told.append)
    subscribers(IN)
    assert told == [IN]
    assert caplog.messages == ["a subscriber to login_succeeded failed"]
    assert "no such pigeon" in caplog.text


def test_it_runs_where_the_event_happened(subscribers):
    """In the same thread, before the call returns."""
    threads = []
    subscribers.on(LoggedIn)(lambda _event: threads.append(threading.current_thread()))
    subscribers(IN)
    assert threads == [threading.current_thread()]


def test_whoever_comes_later_is_told_from_then_on(subscribers):
    """What was known of a type before does not hide it."""
    told = []
    subscribers(IN)
    assert not subscribers.wants(LoggedIn)
    subscribers.on(Event)(told.append)
    subscribers(OUT)
    assert subscribers.wants(LoggedIn)
    assert told == [OUT]


def test_many_threads_subscribe_and_tell_at_once(subscribers):
    """Nobody who subscribed is forgotten."""
    told = []
    barrier = threading.Barrier(8)

    def subscribe_and_tell():
        barrier.wait()
        for _ in range(50):
            subscribers.on(LoggedIn)(lambda event: told.append(event))  # noqa: PLW0108 - each is another
            subscribers(OUT)

    threads = [threading.Thread(target=subscribe_and_tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    subscribers(IN)
    assert len(told) == 400


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
def test_a_child_may_subscribe_though_the_parent_was_at_it(subscribers):
    """A lock that another thread of the parent held is not held in the child."""
    with subscribers._lock:
        child = os.fork()
        if child == 0:
            subscribers.on(LoggedIn)(lambda _event: None)
            os._exit(0 if subscribers.wants(LoggedIn) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


async def waiting(_event):
    """Be a function that has to be awaited."""


class Waiting:
    """A callable whose call has to be awaited."""

    async def __call__(self, _event):
        """Do nothing."""


@pytest.mark.parametrize("subscriber", [waiting, Waiting()], ids=["function", "object"])
def test_what_must_be_awaited_is_refused(subscribers, subscriber):
    """It would never run."""
    with pytest.raises(TypeError, match="cannot be awaited"):
        subscribers.on(LoggedIn)(subscriber)


@pytest.mark.parametrize("kinds", [(), (waiting,), ("login_failed",), (dict,), (LoggedIn, None)])
def test_only_types_of_events_are_subscribed_to(subscribers, kinds):
    """A decorator without parentheses, or with a name, says how it is meant."""
    with pytest.raises(TypeError, match=r"@auth\.on\(PasswordChanged\)"):
        subscribers.on(*kinds)


def test_a_watcher_hears_what_is_made_anyway(subscribers):
    """After the subscribers, once however often it came; and for it alone no event is made."""
    told = []
    for _ in range(2):
        subscribers.watch(told.append)
    assert not subscribers.wants(LoggedIn)
    subscribers(IN)
    assert told == [IN]
