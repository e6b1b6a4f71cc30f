"""What is done to workers and stores, one thing at a time, each undone at its end."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import redis

from tests.servers.postgres import Mortal, execute
from tests.servers.valkey import Valkey
from tests.soak.workers import Workers

TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
LONGEST_SECONDS = 3.0


class Harm:
    """Chooses at random; a pause is waited for by an event, which ends it early."""

    def __init__(self, workers: Workers, dice: random.Random, over: threading.Event) -> None:
        self._workers, self._dice, self._over = workers, dice, over
        self.done: Counter[str] = Counter()
        self.kinds: dict[str, Callable[[], object]] = {
            "kill -9 of a worker": self._worker_dies,
            "SIGSTOP of a worker": self._worker_stops,
        }

    def on_valkey(self, server: Valkey) -> None:
        """Do harm to the session store, too."""

        @contextmanager
        def killed() -> Iterator[None]:
            server.kill()
            yield
            server.start()

        @contextmanager
        def stopped() -> Iterator[None]:
            server.send(signal.SIGSTOP)
            yield
            server.send(signal.SIGCONT)

        @contextmanager
        def forgetful() -> Iterator[None]:
            with redis.Redis.from_url(server.url) as direct:
                direct.script_flush()
            yield

        self.kinds |= {
            "kill -9 of Valkey": killed,
            "SIGSTOP of Valkey": stopped,
            "SCRIPT FLUSH": forgetful,
        }

    def on_postgres(self, server: Mortal) -> None:
        """Do harm to the database, too."""

        @contextmanager
        def terminated() -> Iterator[None]:
            execute(server.url, TERMINATE)
            yield

        @contextmanager
        def restarted() -> Iterator[None]:
            server.stop()
            yield
            server.start()

        self.kinds |= {"pg_terminate_backend": terminated, "restart of PostgreSQL": restarted}

    def on_sqlite(self, place: Path) -> None:
        """Keep the file locked, as a backup or a shell does."""

        @contextmanager
        def locked() -> Iterator[None]:
            with closing(sqlite3.connect(place, isolation_level=None, timeout=30)) as shell:
                shell.execute("BEGIN IMMEDIATE")
                yield
                shell.execute("ROLLBACK")

        self.kinds |= {"a write lock on the file": locked}

    @contextmanager
    def one(self) -> Generator[str]:
        """Do something for a while; undo it at the end."""
        name = self._dice.choice(sorted(self.kinds))
        self.done[name] += 1
        kind = self.kinds[name]()
        with kind:  # type: ignore[attr-defined]
            self._over.wait(self._dice.uniform(0.2, LONGEST_SECONDS))
            yield name

    @contextmanager
    def _worker_dies(self) -> Iterator[None]:
        self._workers.kill()
        yield
        self._workers.revive()

    @contextmanager
    def _worker_stops(self) -> Iterator[None]:
        self._workers.younger.send(signal.SIGSTOP)
        yield
        self._workers.younger.send(signal.SIGCONT)
