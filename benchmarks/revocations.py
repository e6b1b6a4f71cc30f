"""What revocation costs: a look at each request, memory for a million, the way to another process.

    python -m benchmarks.revocations            # all three; Redis and PostgreSQL are started privately
    python -m benchmarks.revocations --check    # fails when a bound of docs/revocation.md is exceeded

Look: nanoseconds of `Revocations.check` by itself, and of the verification of a header that was seen
before, with and without it; the cases take turns.
Memory: growth of the process when a million sessions end within 15 minutes, as a reader learns them.
Way: from the call of `revoke_session` in one process to its listeners in another, both real.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
import timeit
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measuring import interleaved, medians, show, target
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_core import assemble
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.revocations import EndedSession, MemoryFeed, Recorded, Revocations
from jwt_auth_core.revocations.revoked import Revoked
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from tests.servers import postgres
from tests.servers.valkey import Valkey

SECRET = "a secret for measuring, of forty-odd bytes length"
TTL = 900
KEEP = TTL + 120
MANY = 1_000_000
PAGE = 10_000
MOST_BYTES = 200.0
MOST_MS = 1000.0


def best(statement: Callable[[], object], *, number: int = 50_000, rounds: int = 5) -> float:
    """Return nanoseconds a call, the best of rounds, less those of calling nothing."""
    empty = min(timeit.repeat(partial(int), number=number, repeat=rounds))
    whole = min(timeit.repeat(statement, number=number, repeat=rounds))
    return (whole - empty) * 1e9 / number


def session(number: int) -> str:
    return f"{number:032x}"


def learned(count: int, **options: object) -> Revocations:
    """Return revocations that know so many ended sessions."""
    feed = MemoryFeed(keep_seconds=KEEP)
    made = Revocations(feed, feed, clock=lambda: int(time.time()), token_seconds=TTL, **options)
    now = int(time.time())
    for first in range(0, count, PAGE):
        page = (Recorded(EndedSession(session(n)), now) for n in range(first, min(first + PAGE, count)))
        made._revoked.learn(page, now=now)  # noqa: SLF001 - as its reader does
    made.start()
    return made


def looks() -> list[dict[str, object]]:
    """Return the nanoseconds of a look and of a request's verification among none, one and a million."""
    known = {f"{count:,}": learned(count) for count in (0, 1, MANY)}
    known["1, strict"] = learned(1, policy="strict")
    tokens = AccessTokens(KeyRing.from_secret(SECRET), ttl_seconds=TTL)
    token = tokens.issue(subject="0b9ac7e4-52a7-4f39-9c4d-7b1d3e5f9a20", session_id="5e55" * 8)
    claims, header = tokens.verify(token), f"Bearer {token}".encode()
    checks = {"unchecked": Verification(tokens)}
    checks |= {name: Verification(tokens, revocations.check) for name, revocations in known.items()}
    cases = {name: partial(best, partial(one.of_header, header)) for name, one in checks.items()}
    cases |= {f"look {name}": partial(best, partial(one.check, claims)) for name, one in known.items()}
    found = medians(interleaved(cases, rounds=7))
    for one in known.values():
        one.close()
    return [
        {
            "ended sessions": name,
            "look ns": found.get(f"look {name}"),
            "remembered header ns": found[name],
        }
        for name in checks
    ]


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def memory(count: int) -> dict[str, float]:
    """Return what so many revocations take, and how long learning and forgetting them does."""
    gc.collect()
    before, now = resident(), 1_800_000_000
    revoked = Revoked(keep_seconds=KEEP)
    started = time.perf_counter()
    for first in range(0, count, PAGE):
        at = now + TTL * first // count
        ids = [session(n).encode() for n in range(first, first + PAGE)]
        revoked.learn((Recorded(EndedSession(one.decode()), at) for one in ids), now=at)
    seconds = time.perf_counter() - started
    del ids
    gc.collect()
    grown = resident() - before
    assert len(revoked) == count
    started = time.perf_counter()
    revoked.forget(now=now + 2 * KEEP)
    forgetting = time.perf_counter() - started
    assert len(revoked) == 0
    return {
        "megabytes": grown / 1e6,
        "bytes an entry": grown / count,
        "learning us each": seconds * 1e6 / count,
        "forgetting us each": forgetting * 1e6 / count,
    }


def listening(variables: dict[str, str], pipe: multiprocessing.connection.Connection) -> None:
    """In a process of its own: note when each revocation was heard, until told to stop."""
    settings = Settings.from_env(variables)
    stores = assemble.stores(settings)
    revocations = assemble.revocations(settings, stores)
    heard: dict[str, int] = {}
    revocations.subscribe(lambda one: heard.setdefault(one.session_id, time.monotonic_ns()))
    revocations.start()
    pipe.send("ready")
    pipe.recv()
    pipe.send(heard)
    revocations.close()
    stores.close()


def way(variables: dict[str, str], count: int) -> dict[str, float]:
    """Return milliseconds from the call in this process to the listener in another one."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=listening, args=(variables, there))
    process.start()
    settings = Settings.from_env(variables)
    stores = assemble.stores(settings)
    migrate(stores.database)
    revocations = assemble.revocations(settings, stores)
    assert here.recv() == "ready"
    called: dict[str, int] = {}
    for _ in range(count):
        one = uuid.uuid4().hex
        called[one] = time.monotonic_ns()
        revocations.revoke_session(one)
        time.sleep(random.uniform(0.01, 0.09))  # noqa: S311 - no two in step with the poll
    time.sleep(1)
    here.send("stop")
    heard = here.recv()
    process.join()
    stores.close()
    lost = set(called) - set(heard)  # it has heard more: what the database knew before
    assert not lost, f"{len(lost)} were lost"
    took = sorted((heard[one] - called[one]) / 1e6 for one in called)
    at = statistics.quantiles(took, n=100)
    return {"median ms": statistics.median(took), "p99 ms": at[98], "slowest ms": took[-1]}


@contextmanager
def worlds() -> Iterator[dict[str, dict[str, str]]]:
    """Yield the settings of each storage world."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        sqlite = {"JWT_KEY": SECRET, "DATABASE_URL": f"sqlite:///{folder}/shared.sqlite3"}
        server = stack.enter_context(postgres.server(folder / "postgres"))
        url = stack.enter_context(postgres.database(server))
        on_postgres = {"JWT_KEY": SECRET, "DATABASE_URL": url}
        migrate(assemble.stores(Settings.from_env(on_postgres)).database)
        valkey = Valkey(folder / "valkey").start()
        stack.callback(valkey.kill)
        yield {
            "SQLite, one file": sqlite,
            "PostgreSQL": on_postgres,
            "PostgreSQL + Redis": {**on_postgres, "REDIS_URL": valkey.url},
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--revocations", type=int, default=100, help="how many travel to the other process")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a bound is exceeded")
    options = parser.parse_args()
    taken = memory(MANY)  # first, before anything has grown and left room
    rows = looks()
    show("S12", rows, title="A look at each request")
    show("S12 memory", [taken], title=f"Memory of {MANY:,} in 15 minutes")
    with worlds() as found:
        ways = [{"stores": name, **way(world, options.revocations)} for name, world in found.items()]
    show("S12 way", ways, title="To another process")
    cost = {str(row["ended sessions"]): float(row["remembered header ns"]) for row in rows}
    kept = [
        target("S12", "verification among a million, of none", cost[f"{MANY:,}"] / cost["0"], at_most=1.1),
        target("S12", "bytes an ended session", taken["bytes an entry"], at_most=MOST_BYTES),
        target("S12", "ms to the last process", max(one["slowest ms"] for one in ways), at_most=MOST_MS),
    ]
    return 1 if options.check and not all(kept) else 0


if __name__ == "__main__":
    sys.exit(main())
