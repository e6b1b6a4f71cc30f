"""Locks that another thread holds at the fork: the child has new ones."""

import pytest

from jwt_auth_core import default
from jwt_auth_core.one_time.memory import MemoryCodes
from jwt_auth_core.revocations import EndedSession, MemoryFeed, Recorded
from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.users.memory import MemoryUsers
from jwt_auth_core.vocabulary import SessionId

NOW = 1_800_000_000
SID = SessionId("c" * 22)


def users():
    """Return users in memory, and a call that takes their lock."""
    made = MemoryUsers()
    return made, lambda: made.find_by_email("ada@example.com"), "_lock"


def sessions():
    """Return sessions in memory, and a call that takes their lock."""
    made = MemorySessions(idle_seconds=60, max_age_seconds=60, clock=lambda: NOW)
    return made, lambda: made.rotate([]), "_lock"


def tickets():
    """Return tickets in memory, and a call that takes their lock."""
    made = MemoryCodes(clock=lambda: NOW)
    return made, lambda: made.keep("digest", "text", seconds=1), "_lock"


def feed():
    """Return a feed in memory, and a call that takes its lock."""
    made = MemoryFeed(keep_seconds=60)
    return made, lambda: made.publish(Recorded(EndedSession(SID), NOW)), "_lock"


def making():
    """Return what makes the process's own `Auth`, and what takes its lock."""
    return default._making, lambda: default._making.lock.acquire(timeout=0) or pytest.fail("held"), "lock"


@pytest.mark.parametrize("made", [users, sessions, tickets, feed, making])
def test_a_lock_that_was_held_is_not(made):
    """What another thread of the parent was about to do is not waited for."""  # F-28
    one, use, lock = made()
    getattr(one, lock).acquire()
    one.after_fork()
    use()
    one.after_fork()
