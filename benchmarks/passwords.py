"""The password of every user in the benchmarks, and the hash profile: OWASP's, our default, for all sides."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher

MEMORY_KIB = 19_456
PASSES = 2
PASSWORD = "a long and quiet river"
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)


def stored() -> str:
    return HASHER.hash(PASSWORD)


def alone(seconds: float, threads: int) -> float:
    """Return how many passwords a second argon2-cffi verifies with nothing around it."""
    hashed = stored()
    until = time.perf_counter() + seconds

    def verify(_: int) -> int:
        count = 0
        while time.perf_counter() < until:
            HASHER.verify(hashed, PASSWORD)
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        count = sum(pool.map(verify, range(threads)))
        return count / (time.perf_counter() - started)
