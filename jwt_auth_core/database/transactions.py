"""An open transaction: which context, thread and process may use it, and how a context finds it.

A context variable has the blocks that a piece of work stands in. It travels into tasks and into the
threads that copy it, and never back: what was set in such a thread is lost when the call returns.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Sequence
from contextvars import ContextVar
from typing import Final, TypeVar

from jwt_auth_core.database.lost_context import LostTransactionError
from jwt_auth_core.database.pool import Connection
from jwt_auth_core.database.query import Outcome
from jwt_auth_core.errors import AuthError, QueryError
from jwt_auth_core.records import dataclass

T = TypeVar("T")


class Transaction:
    """One open transaction; a class because it remembers whether a statement in it failed.

    Of a ``shared`` one the threads take turns; ``thread`` is whose waiting for it would be in vain.
    ``kept`` is called when it was kept.
    """

    __slots__ = (
        "_depth",
        "_lock",
        "_spoiled",
        "connection",
        "is_open",
        "is_shared",
        "kept",
        "key",
        "owner",
        "pid",
        "thread",
    )

    def __init__(
        self, owner: object, connection: Connection, key: object, *, thread: int, is_shared: bool
    ) -> None:
        self.owner = owner
        self.connection = connection
        self.key = key
        self.pid = os.getpid()
        self.thread = thread
        self.is_shared = is_shared
        self.is_open = True
        self.kept: list[Callable[[], None]] = []
        self._spoiled = False
        self._depth = 0
        self._lock = threading.Lock()

    def execute(self, text: str, values: Sequence[object] = (), *, depth: int, step: int = 0) -> Outcome:
        """Run a statement for who stands ``depth`` savepoints deep, ``step`` deeper afterwards."""
        if self.pid != os.getpid() or not (self.is_shared or self.thread == threading.get_ident()):
            raise LostTransactionError("a transaction belongs to the thread and process that opened it")
        with self._lock:
            self._refuse(depth)
            try:
                done = self.connection.execute(text, values)
            except BaseException:
                self._spoiled = True
                raise
            self._depth += step
            return done

    def tell(self) -> None:
        """Make the calls that waited until it was kept; whoever asked for them sees to their failures."""
        for call in self.kept:
            call()

    def spoil(self) -> None:
        """Let nothing of it be kept, unless it is undone as far as a savepoint."""
        self._spoiled = True

    def undo(self, *steps: str, depth: int) -> None:
        """Roll back as far as the connection still allows; the first cause is what is reported."""
        if self.pid != os.getpid():
            return
        with self._lock:
            self._depth = depth
            try:
                for step in steps:
                    self.connection.execute(step)
                self._spoiled = False
            except AuthError:
                self._spoiled = True

    def _refuse(self, depth: int) -> None:
        if not self.is_open:
            raise LostTransactionError("the transaction ended while this waited for its turn")
        if self._spoiled:
            raise QueryError("an earlier statement failed; nothing of this transaction is kept")
        if depth != self._depth:
            raise LostTransactionError(
                "another task or thread stands in a transaction inside this one: let it end first"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What a context stands in: a transaction, ``depth`` savepoints deep."""

    transaction: Transaction
    depth: int = 0

    def execute(self, text: str, values: Sequence[object] = ()) -> Outcome:
        """Run one statement of the block."""
        return self.transaction.execute(text, values, depth=self.depth)

    def answer(self, text: str, values: Sequence[object], shape: Callable[[Outcome], T]) -> T:
        """Run one statement and shape what it gave; what raises spoils the transaction."""
        outcome = self.execute(text, values)
        try:
            return shape(outcome)
        except BaseException:
            self.transaction.spoil()  # it changed something, and the caller is told that it did not
            raise

    def enter(self) -> None:
        """Let this context, and what copies it, stand in the block."""
        _OPEN.set((*_OPEN.get(), self))

    def leave(self) -> None:
        """Let this context stand in it no more."""
        _OPEN.set(tuple(block for block in _OPEN.get() if block is not self))

    def end(self, word: str, *, step: int = 0) -> None:
        """Keep what was done, in the context that entered.

        Raises:
            LostTransactionError: this is another one; whatever ran in between ran outside of the block.
        """
        if self not in _OPEN.get():
            raise LostTransactionError(
                "a transaction belongs to the context that entered it, which this is not"
            )
        self.transaction.execute(word, depth=self.depth, step=step)

    @contextlib.contextmanager
    def nested(self) -> Generator[Block]:
        """Hold a savepoint."""
        self.transaction.execute("SAVEPOINT nested", depth=self.depth, step=1)
        kept = len(self.transaction.kept)
        inner = Block(self.transaction, self.depth + 1)
        inner.enter()
        try:
            yield inner
            inner.end("RELEASE nested", step=-1)
        except BaseException:
            self.transaction.undo("ROLLBACK TO nested", "RELEASE nested", depth=self.depth)
            del self.transaction.kept[kept:]
            raise
        finally:
            inner.leave()


_OPEN: Final[ContextVar[tuple[Block, ...]]] = ContextVar("jwt_auth_transactions", default=())


def block_of(owner: object) -> Block | None:
    """Return the innermost open block of a database in which this context stands."""
    for block in reversed(_OPEN.get()):
        if block.transaction.owner is owner and block.transaction.is_open:
            return block
    return None
