"""What the tests of the room share: a clock, claims, a feed that a test steers, and patience."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.revocations.feed import Batch
from jwt_auth_core.revocations.revocation import SLACK_SECONDS, Recorded
from jwt_auth_core.tokens.claims import Claims

NOW = 1_800_000_000
TTL = 900
KEEP = TTL + SLACK_SECONDS
SID = "5e55" * 8
OTHER = "07e4" * 8
USER = "0192f0c1-7d3e-4e9a-8c55-1d2b3c4d5e6f"


@dataclass
class HeldClock:
    """Tells the time that the test set."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


def claims(
    subject: str = USER, session_id: str | None = SID, *, issued_at: int = NOW, seconds: int = TTL
) -> Claims:
    """Return verified claims."""
    return Claims(subject, frozenset(), session_id, "jti", issued_at, issued_at + seconds)


def until(condition: Callable[[], object], *, within_seconds: float = 60.0) -> None:
    """Wait for what another thread or process brings about, to a deadline."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def threads():
    """Return the readers' threads that are alive."""
    return [thread for thread in threading.enumerate() if thread.name == "jwt-auth-revocations"]


def refused(revocations, token):
    """Say whether a check refuses."""
    try:
        revocations.check(token)
    except TokenInvalidError as error:
        assert error.reason == "revoked"
        return True
    return False


@dataclass
class StagedFeed:
    """A feed and ledger whose every answer the test sets; ``calls`` has what was asked."""

    published: list[Recorded] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    waiting: list[Recorded] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    asked_since: list[int] = field(default_factory=list)
    cut_off: list[Recorded] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    has_gap: bool = False
    wait_seconds: float = 0.002

    def keep(self, recorded: Recorded) -> None:
        """Record one, and tell nobody."""
        self._note("keep")
        self.recorded.append(recorded)

    def _note(self, name: str) -> None:
        self.calls.append(name)
        if name in self.down:
            raise StoreUnavailableError(name)

    def publish(self, recorded: Recorded) -> None:
        """Keep it, or fail."""
        self._note("publish")
        self.published.append(recorded)

    def begin(self) -> object:
        """Begin anew, or fail."""
        self._note("begin")
        self.has_gap = False
        return 0

    def read(self, after: object) -> Batch | None:
        """Hand over what waits, or fail, or have a gap."""
        self._note("read")
        if self.has_gap:
            return None
        found, self.waiting = self.waiting, []
        return Batch([one.revocation for one in found], after)

    def wait(self, after: object, ended: threading.Event) -> None:  # noqa: ARG002 - the feed's signature
        """Wait as long as the test said, or fail."""
        self._note("wait")
        ended.wait(self.wait_seconds)

    def lately(self, at: int):
        """Yield who was cut off."""
        if "lately" in self.down:
            raise StoreUnavailableError("database")
        yield from (one for one in self.cut_off if one.at >= at)

    def since(self, at: int):
        """Yield what was recorded."""
        self._note("since")
        self.asked_since.append(at)
        yield [one for one in self.recorded if one.at >= at]
