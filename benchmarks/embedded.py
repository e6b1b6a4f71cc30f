"""Refreshes over HTTP where no Redis is: the embedded file by one and two workers, PostgreSQL alone (S19).

    python -m benchmarks.embedded            # 5 rounds of 3 seconds each
    python -m benchmarks.embedded --folder /dev/shm    # where the disk is not to be waited for

32 connections, each with a session of its own, as in `benchmarks.refresh`; the application is the same.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measuring import interleaved, ratio, show, target
from benchmarks.passwords import stored
from benchmarks.refresh import CLIENTS, our_tokens, rate
from benchmarks.serving import served
from benchmarks.stores import COMMON, add_users, addresses, migrated, real_servers

APP = "benchmarks.refresh:our_app"
ONE, TWO = "SQLite, one worker", "SQLite, two workers"
WHOLE, ALONE = "PostgreSQL + Valkey", "PostgreSQL alone"
SYNCS = 50


@contextmanager
def one_file(folder: str | None):
    """Yield the environment of an application on one SQLite file, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        yield migrated({**COMMON, "DATABASE_URL": f"sqlite:///{own}/auth.sqlite3"})


def sync_milliseconds(folder: str | None) -> float:
    """Return how long the disk takes to keep a page, the median of some."""
    found = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--folder", help="where the file is; the folder of temporary files")
    parser.add_argument("--only", nargs="*", help="cases that begin so")
    options = parser.parse_args()
    folder = options.folder and str(Path(options.folder).resolve())
    with ExitStack() as stack:
        whole = stack.enter_context(real_servers())
        alone = stack.enter_context(real_servers())
        del alone["REDIS_URL"]
        cases = {
            ONE: (stack.enter_context(one_file(folder)), 1),
            TWO: (stack.enter_context(one_file(folder)), 2),
            WHOLE: (whole, 1),
            ALONE: (alone, 1),
        }
        cases = {name: case for name, case in cases.items() if name.startswith(tuple(options.only or [""]))}
        servers, first = {}, {}
        for name, (environment, workers) in cases.items():
            emails = addresses(CLIENTS)
            add_users(environment, emails, stored())
            first[name] = partial(our_tokens, environment, emails)
            servers[name] = stack.enter_context(served(APP, environment, workers=workers))
        facts: dict[str, dict[str, list[float]]] = {name: {} for name in cases}
        syncs: list[float] = []

        def measured(name: str) -> float:
            syncs.append(sync_milliseconds(folder))
            return rate(servers[name], first[name](), facts[name], options.seconds)

        found = interleaved({name: partial(measured, name) for name in cases}, rounds=options.rounds)
    p99 = {name: facts[name]["p99"] for name in cases}
    rows = [
        {
            "application": name,
            "refreshes/s": round(statistics.median(found[name])),
            "p99 ms": round(statistics.median(p99[name]), 1),
        }
        for name in cases
    ]
    kept = statistics.median(syncs)
    show("S19", rows, title=f"Refreshes a second, {CLIENTS} connections, {kept:.2f} ms to keep a page")
    if len(cases) < 4:
        return
    target("S19", "refreshes/s, two workers, times one", ratio(found[TWO], found[ONE]), at_least=1.3)
    target("S19", "p99, two workers, times one", ratio(p99[TWO], p99[ONE]), at_most=2)
    target(
        "S19",
        "refreshes/s, one worker, of PostgreSQL + Valkey",
        ratio(found[ONE], found[WHOLE]),
        at_least=0.9,
    )
    target(
        "S19",
        "refreshes/s, PostgreSQL alone, of PostgreSQL + Valkey",
        ratio(found[ALONE], found[WHOLE]),
        at_least=0.8,
    )


if __name__ == "__main__":
    main()
