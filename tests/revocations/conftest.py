"""Revocations on a clock that the test holds."""

from __future__ import annotations

import pytest

from jwt_auth_core.revocations import MemoryFeed, Revocations
from tests.revocations.parts import KEEP, TTL, HeldClock
from tests.revocations.stage import Stage


@pytest.fixture
def clock():
    """Return a clock that the test sets."""
    return HeldClock()


@pytest.fixture
def feed():
    """Return a feed in memory."""
    return MemoryFeed(keep_seconds=KEEP)


@pytest.fixture
def made(clock):
    """Return what makes revocations; all are closed afterwards."""
    all_made = []

    def make(feed, **options):
        all_made.append(Revocations(feed, feed, clock=clock, token_seconds=TTL, **options))
        return all_made[-1]

    yield make
    for one in all_made:
        one.close()


@pytest.fixture
def stage(monkeypatch):
    """Return a follower on its stage, before the first turn."""
    return Stage(monkeypatch)
