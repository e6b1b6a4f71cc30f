"""What forked children do, in an interpreter of its own: ``python -m tests.revocations.forking <case>``.

Not in the test's process: whoever forks beside running threads leaves locks held for ever in the
child, and the tools of a test run (coverage, its log) have locks of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from jwt_auth_core.revocations import EndedSession, MemoryFeed, Recorded, Revocations
from tests.processes import in_children
from tests.revocations.parts import KEEP, NOW, SID, TTL, HeldClock, StagedFeed, claims, refused, threads

ENDED = Recorded(EndedSession(SID), NOW)


def made(feed: object) -> Revocations:
    """Return revocations on a feed that is its own ledger."""
    return Revocations(feed, feed, clock=HeldClock(), token_seconds=TTL)  # type: ignore[arg-type]


def following() -> None:
    """A child has its own thread, reads all anew and refuses; the parent's goes on."""
    feed = StagedFeed()
    revocations = made(feed)
    revocations.check(claims())
    feed.recorded = [ENDED]

    def work(_number: int) -> None:
        assert not revocations.is_started
        assert refused(revocations, claims())
        assert len(threads()) == 1
        revocations.close()

    assert in_children(3, work) == [0, 0, 0]
    assert revocations.is_started
    assert len(threads()) == 1


def idle() -> None:
    """The child of a parent that never asked, as under a preloading server."""
    feed = MemoryFeed(keep_seconds=KEEP)
    revocations = made(feed)

    def work(_number: int) -> None:
        feed.publish(ENDED)
        assert refused(revocations, claims())

    assert in_children(1, work) == [0]


def inheriting() -> None:
    """What the parent knew, the child knows, whatever the ledger says."""
    revocations = made(StagedFeed())
    revocations.check(claims())
    revocations.revoke_session(SID)

    def work(_number: int) -> None:
        assert revocations.is_revoked(claims())

    assert in_children(1, work) == [0]


CASES: dict[str, Callable[[], None]] = {case.__name__: case for case in (following, idle, inheriting)}

if __name__ == "__main__":
    CASES[sys.argv[1]]()
