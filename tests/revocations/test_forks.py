"""Forked children: they inherit memory and no threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_core import forks
from jwt_auth_core.revocations import EndedSession, Recorded
from tests.revocations.forking import CASES
from tests.revocations.parts import NOW, SID, claims, refused

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("case", CASES)
def test_a_forked_child_follows_by_itself(case):
    """With a parent that follows, with one that is idle, and with what the parent knew."""
    # F-28
    command = [sys.executable, "-m", "tests.revocations.forking", case]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_new_beginning_takes_nothing_over(made, feed, monkeypatch):
    """What a child does on its way: a new thread, a new lock, no finalizer of the parent's."""
    revocations, idle = made(feed), made(feed)
    revocations.start()
    parents = revocations.reader.follower
    monkeypatch.setattr(forks, "_inherited", {revocations, idle})
    forks._begin_anew()
    assert not revocations.is_started
    feed.publish(Recorded(EndedSession(SID), NOW))
    assert refused(revocations, claims())
    assert revocations.reader.follower is not parents
    parents.stop.set()


def test_systems_without_fork_are_fine(made, feed, monkeypatch):
    """Where nothing can be registered, nothing is."""
    monkeypatch.delattr(os, "register_at_fork")
    monkeypatch.setattr(forks, "_watched", set())
    revocations = made(feed)
    revocations.revoke_session(SID)
    assert refused(revocations, claims())
