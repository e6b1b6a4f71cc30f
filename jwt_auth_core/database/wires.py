"""Wires: open connections to one Redis on which whole batches go without ever blocking a thread.

The driver opens them and checks who we are; here only octets go out and come in, with the system's own
calls. Whatever is not usual is left to the driver, on a connection of its own: commands are sent again.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from typing import Any, Final, Literal

from jwt_auth_core.database.circuits.circuit import SILENT, Circuit
from jwt_auth_core.database.resp import OddReplyError, Replies
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.steps import Steps, WaitFd

_AT_ONCE: Final = 65_536
_MOST: Final = 4
"""How many wires are kept; as many batches may be under way at once."""


class _Lost(Enum):
    LOST = "the connection ended before all replies were there"


LOST: Final = _Lost.LOST
"""Stands for replies that are not there, to commands that may have been carried out."""


class Wires:
    """The wires of one connection pool of the driver's; a class because they stay open between uses.

    ``timeout_seconds`` is how long one batch may take; one that takes longer opens the server's ``circuit``.
    """

    def __init__(self, pool: Any, *, store: str, timeout_seconds: float, circuit: Circuit) -> None:
        self._pool = pool
        self._circuit = circuit
        self._store = store
        self._timeout_seconds = timeout_seconds
        self._free: list[tuple[int, Any]] = []

    def exchange(self, commands: Sequence[bytes]) -> Steps[list[bytes] | Literal[_Lost.LOST] | None]:
        """Send packed commands, return their replies; None when the driver has to do it, `LOST` once more.

        Raises:
            StoreUnavailableError: no answer in time; what became of the commands is unknown.
        """
        if self._circuit.is_open:
            raise StoreUnavailableError(self._store, SILENT)
        connection = self._take()
        if connection is None:
            return None
        try:
            replies = yield from self._exchanged(_fileno(connection), commands)
        except (OSError, OddReplyError) as error:
            self._drop(connection)
            return None if isinstance(error, OddReplyError) else LOST
        except BaseException:
            # Replies may still be under way, and no other caller may ever read them (RED-3).
            self._drop(connection)
            raise
        self._free.append((os.getpid(), connection))
        return replies

    def lay(self) -> None:
        """Open one more wire unless there are enough; blocks, and raises what the driver raises."""
        if len(self._free) >= _MOST:
            return
        connection = self._pool.get_connection()
        if _fileno(connection) < 0:
            self._pool.release(connection)
        else:
            self._free.append((os.getpid(), connection))

    def _take(self) -> Any | None:
        while self._free:
            pid, connection = self._free.pop()
            if pid == os.getpid():  # a forked child leaves the parent's alone
                if _is_quiet(_fileno(connection)):
                    return connection
                self._drop(connection)
        return None

    def _drop(self, connection: Any) -> None:
        connection.disconnect()
        self._pool.release(connection)

    def _exchanged(self, fileno: int, commands: Sequence[bytes]) -> Steps[list[bytes]]:
        deadline = time.monotonic() + self._timeout_seconds
        unsent = b"".join(commands)
        while unsent := unsent[_written(fileno, unsent) :]:
            yield from self._until(deadline, fileno, is_writing=True)
        replies = Replies(len(commands))
        while True:
            yield from self._until(deadline, fileno)
            with suppress(BlockingIOError):
                if replies.feed(_read(fileno)):
                    return replies.found

    def _until(self, deadline: float, fileno: int, *, is_writing: bool = False) -> Steps[None]:
        if not (yield WaitFd(fileno, deadline - time.monotonic(), is_writing)):
            self._circuit.trip()
            raise StoreUnavailableError(self._store, "does not answer in time")


def _fileno(connection: Any) -> int:
    """Return the descriptor of a socket on which octets go as they are; -1 where there is none.

    ``_sock`` is redis-py's own: it lends its socket by no public name, and takes none of ours. A socket that
    we opened would need its handshake, credentials and retries once more; its own calls reach a quarter to a
    half of the rotations. Where the name is gone every batch is the driver's. `make test-oldest` holds it.
    """
    sock = getattr(connection, "_sock", None)
    if sock is None or isinstance(sock, ssl.SSLSocket) or os.name != "posix" or sock.gettimeout() is None:
        return -1
    return int(sock.fileno())


def _is_quiet(fileno: int) -> bool:
    """Tell whether a connection is open and has nothing to read: no late reply, no goodbye."""
    try:
        os.read(fileno, 1)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _written(fileno: int, data: bytes) -> int:
    try:
        return os.write(fileno, data)
    except BlockingIOError:
        return 0


def _read(fileno: int) -> bytes:
    data = os.read(fileno, _AT_ONCE)
    if not data:
        raise ConnectionResetError
    return data
