"""Whether memory and descriptors stay flat: samples of one process that lives all along.

The first third of the samples is warm-up. Of the rest the median of the first half is held against the median
of the last half: medians, for a hash takes megabytes for a tenth of a second. What is growth may be as much
as caches and the memory of revocations take before they are full; a leak grows on with time.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil

EVERY_SECONDS = 0.25
FREE_BYTES = 8 << 20
FREE_SHARE = 0.05
FREE_DESCRIPTORS = 10


@dataclass(frozen=True)
class Trend:
    """Two medians, and what each hour would add at the rate between them."""

    before: float
    after: float
    per_hour: float

    @property
    def growth(self) -> float:
        """Return by how much the later one is more."""
        return self.after - self.before


def trend(samples: Sequence[tuple[float, float]]) -> Trend:
    """Return the trend of samples, each a time in seconds and a number."""
    rest = samples[len(samples) // 3 :]
    halves = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    (t0, before), (t1, after) = (
        (statistics.median(at for at, _ in half), statistics.median(value for _, value in half))
        for half in halves
    )
    return Trend(before, after, (after - before) / (t1 - t0) * 3600)


@dataclass
class Watch:
    """Takes samples of a process in a thread until it is stopped."""

    process: psutil.Process
    memory: list[tuple[float, float]] = field(default_factory=list)
    descriptors: list[tuple[float, float]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="watch")
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            now = time.monotonic()
            self.memory.append((now, float(self.process.memory_info().rss)))
            self.descriptors.append((now, float(self.process.num_fds())))


def assert_flat(memory: Trend, descriptors: Trend) -> None:
    """Refuse what grew more than caches do."""
    assert memory.growth <= FREE_BYTES + FREE_SHARE * memory.before, memory
    assert descriptors.growth <= FREE_DESCRIPTORS, descriptors
