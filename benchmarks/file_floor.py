"""The floor of refreshes on one file (S19): the shortest ASGI program that writes a row for each of them.

    python -m benchmarks.file_floor            # one and two workers, 5 rounds of 3 seconds each

No token is checked or made, nobody is looked up. Those who wait are written by one statement in a thread,
which waits for the disk as we do; the connections and the load are those of `benchmarks.embedded`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import sqlite3
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from benchmarks.measuring import interleaved, ratio, show
from benchmarks.refresh import CLIENTS, rate
from benchmarks.serving import served

VARIABLE = "FILE_FLOOR"
ONE, TWO = "one worker", "two workers"


def opened(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


class Writer:
    """Writes what waits at the moment, all of it at once; one batch is under way at a time."""

    def __init__(self) -> None:
        self.database = opened(os.environ[VARIABLE])
        self.thread = ThreadPoolExecutor(1)
        self.waiting: list[tuple[str, asyncio.Future[None]]] = []
        self.is_busy = False

    def put(self, session: str) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((session, future))
        if not self.is_busy:
            self.is_busy = True
            asyncio.get_running_loop().call_soon(self.flush)
        return future

    def flush(self) -> None:
        batch, self.waiting = self.waiting, []
        self.is_busy = bool(batch)
        if batch:
            names = [session for session, _ in batch]
            done = asyncio.get_running_loop().run_in_executor(self.thread, self.write, names)
            done.add_done_callback(partial(self.tell, [future for _, future in batch]))

    def write(self, names: list[str]) -> None:
        rows = ", ".join(["(?, ?)"] * len(names))
        values = [value for name in names for value in (name, secrets.token_urlsafe(32))]
        text = (
            f"WITH n (id, digest) AS (VALUES {rows}) UPDATE s SET digest = n.digest FROM n WHERE s.id = n.id"  # noqa: S608 - of constants
        )
        self.database.execute(text, values)

    def tell(self, futures: list[asyncio.Future[None]], done: asyncio.Future[None]) -> None:
        done.result()
        for future in futures:
            future.set_result(None)
        self.flush()


def bare_app():
    """Return what writes a row for each request, and gives back the token that came."""
    writer = Writer()

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        body = (await receive())["body"] or b'{"refresh_token": "0"}'
        await writer.put(json.loads(body)["refresh_token"])
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--folder", help="where the file is; the folder of temporary files")
    options = parser.parse_args()
    tokens = [f"{number:0227}" for number in range(CLIENTS)]
    facts: dict[str, dict[str, list[float]]] = {ONE: {}, TWO: {}}
    with ExitStack() as stack:
        servers = {}
        for name, workers in ((ONE, 1), (TWO, 2)):
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder))
            path = str(Path(folder) / "floor.sqlite3")
            with closing(opened(path)) as database:
                database.execute("CREATE TABLE s (id TEXT PRIMARY KEY, digest TEXT)")
                database.executemany("INSERT INTO s VALUES (?, '')", [(token,) for token in tokens])
            environment = {VARIABLE: path}
            servers[name] = stack.enter_context(
                served("benchmarks.file_floor:bare_app", environment, workers=workers)
            )
        found = interleaved(
            {name: partial(rate, servers[name], tokens, facts[name], options.seconds) for name in servers},
            rounds=options.rounds,
        )
    rows = [
        {
            "floor": name,
            "writes/s": round(statistics.median(found[name])),
            "p99 ms": round(statistics.median(facts[name]["p99"]), 1),
        }
        for name in servers
    ]
    show("S19 floor", rows, title=f"Rows written a second, {CLIENTS} connections")
    print(f"two workers, times one: {ratio(found[TWO], found[ONE]):.2f}")


if __name__ == "__main__":
    main()
