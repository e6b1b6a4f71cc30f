"""A bounded pool of open connections; whoever comes when all are out waits, in order, to a deadline.

Knows no driver. Connections stay open between uses (opening one costs more than most queries), a
dead one is replaced, and a forked child starts with an empty pool and leaves the parent's alone.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Final, Protocol

from jwt_auth_core.database.query import Outcome
from jwt_auth_core.errors import AuthError, StoreUnavailableError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.records import dataclass

IN_VAIN: Final = (
    "is held by open transactions of this very thread, which would wait in vain: "
    "let a task of an event loop begin one in a thread"
)


class Connection(Protocol):
    """One connection to a database; every error that leaves it is one of ours."""

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        """Run one statement in the driver's own style, outside or inside a transaction."""
        ...

    def usable(self) -> bool:
        """Tell without asking the server: open, outside a transaction, nothing pending."""
        ...

    def may_repeat(self, error: AuthError) -> bool:
        """Tell whether a statement by itself that failed so left no trace and is worth a second try."""
        ...

    def close(self) -> None:
        """Close it; never raises."""
        ...


class _Waiter:
    """A thread in the queue; ``given`` is a connection, or None for the right to open one."""

    __slots__ = ("given", "served")

    def __init__(self) -> None:
        self.served = threading.Event()
        self.given: Connection | None = None


@dataclass(slots=True)
class _State:
    """What belongs to one process; a fork gets a new one, with a lock that nobody holds."""

    pid: int = field(default_factory=os.getpid)
    lock: threading.Lock = field(default_factory=threading.Lock)
    idle: list[Connection] = field(default_factory=list[Connection])
    waiting: deque[_Waiter] = field(default_factory=deque[_Waiter])
    out: int = 0
    resting: int = 0
    closed: bool = False
    returned: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self.returned = threading.Condition(self.lock)


@dataclass(frozen=True, slots=True)
class PoolStats:
    """How a pool stands: its idle connections, how many are out, and how many threads wait for one.

    ``is_resting`` while nothing is lent.
    """

    idle: tuple[Connection, ...]
    out: int
    waiting: int
    is_resting: bool


class Pool:
    """Lends each connection to one caller at a time; a class because it remembers them.

    Args:
        store: the name that StoreUnavailableError carries.
        connect: opens one connection, or raises StoreUnavailableError.
        size: how many may be open at once.
        wait_seconds: how long ``take`` waits for one.
    """

    def __init__(
        self, store: str, connect: Callable[[], Connection], *, size: int, wait_seconds: float
    ) -> None:
        self._store = store
        self._connect = connect
        self._size = size
        self._wait_seconds = wait_seconds
        self._here = _State()
        self._kept: list[object] = []
        self._renewing = threading.Lock()
        renew_in_children(self)

    def take(self, *, held: int = 0) -> Connection:
        """Return a usable connection: an idle one, a new one, or the next to be given back.

        ``held`` are those that the calling thread itself keeps from coming back while it waits here.
        """
        state = self._state()
        with state.lock:
            if state.closed:
                raise StoreUnavailableError(self._store, "was closed")
            waiter = found = None
            if state.out < self._size and not state.resting:
                state.out += 1
                found = state.idle.pop() if state.idle else None
            elif held >= self._size:
                raise StoreUnavailableError(self._store, IN_VAIN)
            else:
                waiter = _Waiter()
                state.waiting.append(waiter)
        if waiter is not None:
            found = self._await(state, waiter)
        if found is not None and found.usable():
            return found
        return self._opened() if found is None else self.replace(found)

    def take_idle(self) -> Connection | None:
        """Return a usable connection that is open and idle, without ever waiting; None if there is none."""
        state = self._state()
        with state.lock:
            if state.closed or state.resting or state.out >= self._size or not state.idle:
                return None
            state.out += 1
            found = state.idle.pop()
        if found.usable():
            return found
        found.close()
        self._forgo()
        return None

    def give(self, connection: Connection) -> None:
        """Take a connection back; it goes to the longest waiting thread, else to the idle ones."""
        state = self._state()
        with state.lock:
            if state.waiting and not state.resting:
                self._serve(state, connection)
                return
            self._less(state)
            if not state.closed:
                state.idle.append(connection)
                return
        connection.close()

    def replace(self, dead: Connection) -> Connection:
        """Close a dead connection and return a new one in its place."""
        dead.close()
        return self._opened()

    def stats(self) -> PoolStats:
        """Return how it stands in this process."""
        state = self._state()
        with state.lock:
            return PoolStats(tuple(state.idle), state.out, len(state.waiting), bool(state.resting))

    def keep(self, inherited: Connection) -> None:
        """Hold what a forked child got from its parent, unused: closing it would reach the parent's."""
        self._kept.append(inherited)

    def rest(self, *, held: int, deadline: float) -> bool:
        """Lend nothing until `wake`; wait until at most ``held`` are out. False where it cannot even begin.

        ``held`` are those that the calling thread itself has: they do not come back while it waits.
        """
        state = self._state()
        if not state.lock.acquire(timeout=max(0, deadline - time.monotonic())):
            return False  # a signal handler, in the midst of one of these methods
        try:
            state.resting += 1
            state.returned.wait_for(lambda: state.out <= held, deadline - time.monotonic())
        finally:
            state.lock.release()
        return True

    def wake(self) -> None:
        """Lend again, first to those who have waited meanwhile."""
        state = self._state()
        with state.lock:
            state.resting -= 1
            while state.waiting and not state.resting and state.out < self._size:
                state.out += 1
                self._serve(state, None)

    def drop_idle(self) -> None:
        """Close the idle connections; the pool goes on, and opens new ones when they are needed."""
        state = self._state()
        with state.lock:
            idle, state.idle = state.idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Close the idle connections now, the others when they come back; refuse new callers."""
        state = self._state()
        with state.lock:
            state.closed = True
        self.drop_idle()

    def _opened(self) -> Connection:
        try:
            return self._connect()
        except BaseException:
            self._forgo()
            raise

    def _forgo(self) -> None:
        state = self._state()
        with state.lock:
            if state.waiting and not state.resting:
                self._serve(state, None)
            else:
                self._less(state)

    @staticmethod
    def _less(state: _State) -> None:
        state.out -= 1
        if state.resting:
            state.returned.notify_all()

    @staticmethod
    def _serve(state: _State, connection: Connection | None) -> None:
        waiter = state.waiting.popleft()
        waiter.given = connection
        waiter.served.set()

    def _await(self, state: _State, waiter: _Waiter) -> Connection | None:
        if not waiter.served.wait(self._wait_seconds):
            with state.lock:
                if not waiter.served.is_set():
                    state.waiting.remove(waiter)
                    raise StoreUnavailableError(self._store, f"has all {self._size} connections in use")
        return waiter.given

    def after_fork(self) -> None:
        """Begin anew in a child, and leave the parent's connections alone."""
        self._renewing = threading.Lock()
        self._state()

    def _state(self) -> _State:
        # Looked at each time: a server that forks in C, as uWSGI does, tells nobody unless it is asked to.
        if self._here.pid != os.getpid():
            with self._renewing:
                if self._here.pid != os.getpid():
                    self._kept.append(self._here)
                    self._here = _State()
        return self._here
