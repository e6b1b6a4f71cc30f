"""What the priority of the threads that hash costs, with and without busy neighbour processes.

    python -m benchmarks.niceness                 # two rounds of 3 seconds each: some two minutes
    python -m benchmarks.niceness --rounds 4 --nice 10 3 0

For each niceness: hashes a second with 32 logins waiting at a time and how many are answered 503, how late an
idle event loop wakes, and how much work a busy one gets done. A neighbour is a process that computes
without a pause. Each round is a process of its own, because a thread's priority cannot be raised again.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from benchmarks.passwords import PASSWORD
from jwt_auth_asgi.executors.pool import Pool, cores
from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.passwords.argon2 import Argon2Hasher
from jwt_auth_core.passwords.profile import OWASP
from jwt_auth_core.vocabulary import Secret

LOGINS = 32
TURN_SECONDS = 0.001
IDLE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of one round."""

    hashes: float
    asked: int
    refused: int
    late_p99_ms: float
    worked_ms: float


async def measure(niceness: int, seconds: float, *, is_busy: bool) -> Found:
    """Hash without a pause beside an event loop, and watch both."""
    pool = Pool("hash", threads=cores(), waiting=2 * LOGINS, niceness=niceness)
    hasher, end = Argon2Hasher(OWASP), time.perf_counter() + seconds
    late: list[float] = []
    counts = {"done": 0, "refused": 0}

    async def login() -> None:
        while time.perf_counter() < end:
            try:
                await pool.run(lambda: hasher.hash(Secret(PASSWORD)))
                counts["done"] += 1
            except OverloadedError:
                counts["refused"] += 1

    async def loop() -> None:
        while (asleep := time.perf_counter()) < end:
            await asyncio.sleep(0 if is_busy else IDLE_SECONDS)
            woken = time.perf_counter()
            late.append(woken - asleep - (0 if is_busy else IDLE_SECONDS))
            while time.perf_counter() - woken < (TURN_SECONDS if is_busy else TURN_SECONDS / 3):
                pass

    begun = time.perf_counter()
    await asyncio.gather(loop(), *(login() for _ in range(LOGINS)))
    took = time.perf_counter() - begun
    p99 = statistics.quantiles(late, n=100)[98] * 1000
    worked = len(late) * TURN_SECONDS * 1000 / seconds
    return Found(counts["done"] / took, sum(counts.values()), counts["refused"], p99, worked)


def play(niceness: int, seconds: float, is_busy: bool, out: Callable[[Found], None]) -> None:  # noqa: FBT001
    out(asyncio.run(measure(niceness, seconds, is_busy=is_busy)))


def compute() -> None:
    while True:
        pass


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    processes = [multiprocessing.Process(target=compute, daemon=True) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def measured(niceness: int, seconds: float, *, beside: int = 0, is_busy: bool = False) -> Found:
    """Return one round's figures."""
    answers: multiprocessing.SimpleQueue[Found] = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=play, args=(niceness, seconds, is_busy, answers.put))
    with neighbours(beside):
        process.start()
        process.join()
    return answers.get()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--nice", type=int, nargs="+", default=[10, 5, 3, 2, 0])
    options = parser.parse_args()
    scenes = {
        "alone": {},
        "a busy loop": {"is_busy": True},
        "2 neighbours": {"beside": 2},
        "6": {"beside": 6},
    }
    for name, words in scenes.items():
        seconds = options.seconds * (3 if "beside" in words else 1)  # long enough for a login to be given up
        found: dict[int, list[Found]] = {niceness: [] for niceness in options.nice}
        for _ in range(options.rounds):
            for niceness, rounds in found.items():
                rounds.append(measured(niceness, seconds, **words))
        for niceness, rounds in found.items():
            rows = [asdict(one) for one in rounds]
            medians = {key: round(statistics.median(row[key] for row in rows), 1) for key in rows[0]}
            print(name, "nice", niceness, medians)


if __name__ == "__main__":
    main()
