"""Two served processes behind a balancer of the tests, and people who use them all the time."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.end_to_end.serving import PATIENCE_SECONDS, Worker, until, worker
from tests.end_to_end.visitor import Visitor

SERVE = ("jwt-auth", "serve", "--port", "0")


class Rollout:
    """The processes; those in ``open_origins`` get requests, as a proxy's pool does."""

    def __init__(self, stack: ExitStack, folder: Path, environment: Callable[[], Mapping[str, str]]) -> None:
        self._stack = stack
        self._folder = folder
        self._environment = environment
        self._workers: list[Worker] = []
        self._turns = itertools.count()
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self.open_origins: list[str] = []

    def begin(self, count: int = 2) -> None:
        """Start so many processes."""
        for _ in range(count):
            self._add()

    def replace(self) -> None:
        """Start each anew, one after the other: taken out, ended, started, put back once it is ready."""
        for old in list(self._workers):
            with self._lock:
                origin = self.open_origins.pop(0)
            until(lambda origin=origin: not self._under_way[origin])
            self._workers.pop(0)
            old.close()
            self._add()

    @contextmanager
    def lent(self) -> Generator[str]:
        """Yield where the next request goes."""
        with self._lock:
            origin = self.open_origins[next(self._turns) % len(self.open_origins)]
            self._under_way[origin] += 1
        try:
            yield origin
        finally:
            with self._lock:
                self._under_way[origin] -= 1

    def _add(self) -> None:
        started = self._stack.enter_context(
            worker(*SERVE, directory=self._folder, env={**self._environment()})
        )
        origin = started.origin()
        until(lambda: httpx.get(f"{origin}/auth/health/ready").status_code == 200)
        self._workers.append(started)
        self.open_origins.append(origin)


class Person:
    """Refreshes and asks who it is, again and again, wherever the balancer leads; counts what comes of it."""

    def __init__(self, rollout: Rollout, visitor: Visitor) -> None:
        self._rollout = rollout
        self.visitor = visitor
        self.counts: Counter[int] = Counter()

    def turn(self) -> None:
        """Refresh, and use what comes."""
        for use in (Visitor.refresh, Visitor.me):
            with self._rollout.lent() as origin:
                self.visitor.http.base_url = httpx.URL(origin)
                self.counts[use(self.visitor).status_code] += 1


class Crowd:
    """Everybody at once, each in a thread; `stop` returns how many answers of each status there were."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(one,)) for one in people]
        for thread in self._threads:
            thread.start()

    def served_again(self) -> None:
        """Wait until each was served twice more."""
        before = [one.counts[200] for one in self._people]
        until(
            lambda: all(one.counts[200] >= then + 4 for one, then in zip(self._people, before, strict=True))
        )

    def stop(self) -> Counter[int]:
        """Let them finish."""
        self._enough.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        return sum((one.counts for one in self._people), Counter[int]())

    def _live(self, person: Person) -> None:
        while not self._enough.is_set():
            person.turn()
            self._enough.wait(0.02)  # a breath, so that the servers of a small machine have some
