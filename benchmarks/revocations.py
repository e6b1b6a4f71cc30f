"""What revocation costs: a look at each request, memory for a million, the way to another process.

    python -m benchmarks.revocations            # all three; Redis and PostgreSQL are started privately
    python -m benchmarks.revocations --check    # fails when a bound of docs/revocation.md is exceeded

Look: nanoseconds of `Revocations.check` by itself and of a remembered header with and without it.
Memory: growth of the process when a million sessions end within 15 minutes, as a reader learns them.
Way: from the call of `revoke_session` in one process to its listeners in another, both real.
"""

from __future__ import annotations

import argparse
import gc
import json
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
from pathlib import Path

from jwt_auth_asgi.verification import Verification
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
LIMITS = {"look ns": 250.0, "bytes an entry": 200.0, "way ms": 1000.0}


def best(statement: Callable[[], object], *, number: int = 50_000, rounds: int = 15) -> float:
    """Return nanoseconds a call, the best of rounds, less those of calling nothing."""
    empty = min(timeit.repeat(lambda: None, number=number, repeat=rounds))
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


def look(count: int, **options: object) -> dict[str, float]:
    """Return the nanoseconds of one look among so many ended sessions."""
    revocations = learned(count, **options)
    tokens = AccessTokens(KeyRing.from_secret(SECRET), ttl_seconds=TTL)
    token = tokens.issue(subject="0b9ac7e4-52a7-4f39-9c4d-7b1d3e5f9a20", session_id="5e55" * 8)
    claims, header = tokens.verify(token), f"Bearer {token}".encode()
    with_it, without = Verification(tokens, revocations.check), Verification(tokens)
    told = {
        "look ns": best(lambda: revocations.check(claims)),
        "remembered header ns": best(lambda: with_it.of_header(header)),
        "the same unchecked ns": best(lambda: without.of_header(header)),
    }
    revocations.close()
    return told


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
    return {"median ms": statistics.median(took), "p99 ms": at[98], "way ms": took[-1]}


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


def show(name: str, told: dict[str, float]) -> dict[str, float]:
    print(f"{name:34}" + "   ".join(f"{what} {figure:,.1f}" for what, figure in told.items()))
    figures = {what: round(figure, 1) for what, figure in told.items()}
    print(json.dumps({"table": "S12", "row": {"what": name, **figures}}))
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--revocations", type=int, default=100, help="how many travel to the other process")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a bound is exceeded")
    options = parser.parse_args()
    told = [show(f"look among {count:,}", look(count)) for count in (0, 1, MANY)]
    show("look among 1, strict", look(1, policy="strict"))
    told.append(show(f"memory of {MANY:,}", memory(MANY)))
    with worlds() as found:
        told += [show(f"way, {name}", way(world, options.revocations)) for name, world in found.items()]
    figures = [(what, figure) for one in told for what, figure in one.items()]
    exceeded = [f"{what} {figure:.0f}" for what, figure in figures if figure > LIMITS.get(what, 1e9)]
    if exceeded and options.check:
        print("exceeded:", ", ".join(exceeded))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
