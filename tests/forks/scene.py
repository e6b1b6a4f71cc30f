"""A process that used all of an application forks: ``python -m tests.forks.scene <case> <framework>``.

In an interpreter of its own, because the child of a process with running threads inherits their locks,
and the tools of a test run have some, too. The stores are named by the environment.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

PATIENCE_SECONDS = 30
OURS = ("jwt_auth_core", "jwt_auth_asgi", "jwt_auth_fastapi")

made: list[Any] = []


def noted(kind: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same kind of lock; those that our own code makes are noted."""

    def make(*words: Any) -> Any:
        lock = kind(*words)
        # A condition over a lock is held with it.
        if not words and sys._getframe(1).f_globals["__name__"].startswith(OURS):
            made.append(lock)
        return lock

    return make


# Before anything of ours is imported: some of its locks are made then.
threading.Lock, threading.RLock = noted(threading.Lock), noted(threading.RLock)  # type: ignore[misc]
threading.Condition = noted(threading.Condition)  # type: ignore[assignment, misc]

from jwt_auth_core.default import default_auth  # noqa: E402
from jwt_auth_core.settings import Settings  # noqa: E402
from tests.end_to_end.site import FRAMEWORKS, build  # noqa: E402
from tests.forks.road import walk  # noqa: E402
from tests.processes import in_children  # noqa: E402


async def crowd(app: Any, name: str, people: int, is_over: Callable[[], bool]) -> None:
    """Have people come one after the other, several at a time, until it is over."""

    async def stream(number: int) -> None:
        turn = 0
        while not turn or not is_over():
            turn += 1
            await walk(app, f"{name}-{number}-{turn}")

    await asyncio.gather(*map(stream, range(people)))


def in_a_child(app: Any) -> Callable[[int], None]:
    """Return what a child does: everything, in time."""

    def work(number: int) -> None:
        faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True)
        asyncio.run(crowd(app, f"child-{os.getpid()}-{number}", 3, lambda: True))
        faulthandler.cancel_dump_traceback_later()

    return work


@contextmanager
def all_held() -> Generator[None]:
    """Have another thread hold every lock that there is."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as stack:
            for lock in tuple(made):
                stack.enter_context(lock)
            held.set()
            over.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(PATIENCE_SECONDS), "a lock was never given back"
    try:
        yield
    finally:
        over.set()
        holder.join()


def held(app: Any) -> None:
    """Whatever lock another thread of the parent holds, a child does all the same."""
    asyncio.run(walk(app, f"parent-{os.getpid()}"))
    default_auth()
    with all_held():
        assert in_children(1, in_a_child(app)) == [0]


def busy(app: Any) -> None:
    """Threads hash, refresh and follow while the process forks, again and again."""
    asyncio.run(walk(app, f"first-{os.getpid()}"))  # FastAPI holds a lock of its own at its first request
    over = threading.Event()
    work = crowd(app, f"parent-{os.getpid()}", 6, over.is_set)
    crowded = threading.Thread(target=asyncio.run, args=(work,))
    crowded.start()
    try:
        for _ in range(8):
            assert in_children(2, in_a_child(app)) == [0, 0]
    finally:
        over.set()
        crowded.join()


CASES: dict[str, Callable[[Any], None]] = {case.__name__: case for case in (held, busy)}

if __name__ == "__main__":
    case, framework = sys.argv[1:]
    auth = build(Settings.from_env(os.environ), events=[])
    CASES[case](FRAMEWORKS[framework](auth))
    auth.close()
