"""What is special about the store in memory: it stays small."""

import time

import pytest

from jwt_auth_core.sessions.memory import SWEEP_STEPS, MemorySessions
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import IDLE, LIFETIMES, MAX_AGE, MemoryRig, fresh


@pytest.mark.parametrize("ended", [False, True], ids=["idle", "tombstones"])
def test_what_is_over_is_dropped(ended):
    """A crowd that is over is gone after a fraction of as many logins."""
    rig = MemoryRig()
    for _ in range(1000):
        first = rig.open()
        if ended:
            rig.store.end(first.session_id, "logout")
    rig.clock.now += MAX_AGE if ended else IDLE
    for _ in range(1000 // SWEEP_STEPS + 1):
        rig.open()
    assert len(rig.store._records) <= 1000 // SWEEP_STEPS + 1


def test_what_lives_is_kept():
    """Sweeping takes neither the living nor the tombstones that still count."""
    rig = MemoryRig()
    living, ended = [rig.open() for _ in range(50)], rig.open()
    rig.store.end(ended.session_id, "logout")
    for _ in range(200):
        rig.open()
    assert rig.rotate(*living, ended) == [Verdict.OK] * 50 + [Verdict.REVOKED]
    rig.clock.now += MAX_AGE - 1
    for _ in range(200):
        rig.open()
    assert rig.rotate(ended) == [Verdict.REVOKED]


def test_the_clock_is_the_systems():
    """Without a clock of one's own the system's counts."""
    store = MemorySessions(**LIFETIMES)
    new, _ = fresh()
    assert abs(store.open(new).created_at - time.time()) < 5
