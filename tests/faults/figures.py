"""Figures of the tests of faults: what their visitors asked, and what came of it.

A test with the mark ``fault`` says which fault it is and how it is brought about. What its visitors ask is
counted, and what it says of octets that it sent itself (`Measured.raw`); where ``RELIABILITY_FILE`` names a
file, one line of JSON goes there for each test that passed. `tests.faults.report` makes docs/reliability.md
of them.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.visitor import LISTENERS

FILE = "RELIABILITY_FILE"
_REFUSED, _ENDED, _FAULTS = 503, 401, 500


@dataclass(frozen=True)
class Figures:
    """What one test counted.

    Attributes:
        requests: how many were sent.
        refused: answered 503: to be tried again, nothing is lost; of requests that are broken, 4xx.
        cut: not answered since the fault itself took the connection: its worker was killed, its client left.
        lost: not answered beyond those, or by another error of the server's.
        ended: refreshes that had to be refused, as the test says: of a thief, of who had left, of a session
            that the fault itself took along.
        logouts: refreshes that were refused beyond those.
        recovered_seconds: from the moment when the fault was over until somebody was served; None where no
            such moment is noted.
    """

    fault: str
    injected: str
    test: str
    requests: int
    refused: int
    cut: int
    lost: int
    ended: int
    logouts: int
    recovered_seconds: float | None

    def with_another(self, other: Figures) -> Figures:
        """Return the sums of two tests of one fault; the longer time until somebody was served."""
        counted = ("requests", "refused", "cut", "lost", "ended", "logouts")
        times = [time for time in (self.recovered_seconds, other.recovered_seconds) if time is not None]
        sums = {name: getattr(self, name) + getattr(other, name) for name in counted}
        return replace(self, **sums, recovered_seconds=max(times, default=None))


@dataclass
class Measured:
    """What is heard of all visitors; the test may set ``ended`` and ``cut``, and calls `healed`."""

    ended: int = 0
    cut: int = 0
    refusals: Collection[int] = (_REFUSED,)
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter[int])
    refreshes_refused: int = 0
    recovered_seconds: float | None = None
    _healed_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, _request: httpx.Request) -> None:
        """Count a request."""
        with self._lock:
            self.sent += 1

    def heard(self, answer: httpx.Response) -> None:
        """Count an answer."""
        with self._lock:
            status = answer.status_code
            self.statuses[status] += 1
            self.refreshes_refused += status == _ENDED and answer.request.url.path == "/auth/refresh"
            if answer.is_success and self._healed_at is not None:
                self.recovered_seconds = time.monotonic() - self._healed_at
                self._healed_at = None

    def raw(self, sent: int, statuses: Iterable[int], *, cut: int = 0) -> None:
        """Count so many requests of octets, the statuses that came back, and how many could get none."""
        with self._lock:
            self.sent += sent
            self.cut += cut
            self.statuses.update(statuses)

    def healed(self) -> None:
        """Note that the fault is over; of several times the last one counts."""
        self._healed_at = time.monotonic()

    def figures(self, fault: str, injected: str, test: str) -> Figures:
        """Return what was counted."""
        answered = sum(self.statuses.values())
        faults = sum(n for status, n in self.statuses.items() if status >= _FAULTS and status != _REFUSED)
        return Figures(
            fault,
            injected,
            test,
            requests=self.sent,
            refused=sum(self.statuses[status] for status in self.refusals),
            cut=self.cut,
            lost=self.sent - answered - self.cut + faults,
            ended=self.ended,
            logouts=self.refreshes_refused - self.ended,
            recovered_seconds=self.recovered_seconds,
        )


@pytest.fixture(autouse=True)
def measured(request: pytest.FixtureRequest) -> Iterator[Measured]:
    """Return what counts; where the test has the mark, it is written down."""
    mark = request.node.get_closest_marker("fault")
    counting = Measured() if mark is None else Measured(**mark.kwargs)
    if mark is None:
        yield counting
        return
    failed = request.session.testsfailed
    LISTENERS.append(counting)
    yield counting
    LISTENERS.remove(counting)
    if request.session.testsfailed == failed and (place := os.environ.get(FILE)):
        found = counting.figures(*mark.args, request.node.nodeid)
        with Path(place).open("a") as lines:
            lines.write(json.dumps(asdict(found)) + "\n")
