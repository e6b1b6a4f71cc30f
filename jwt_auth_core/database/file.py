"""The file of the embedded database: where it is, how it is made, what is wrong with its mode.

No descriptor of it is ever opened here, not even for a moment: where POSIX closes one, it drops every
lock that SQLite holds on the file for this process, and the next process deletes the log under it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.records import dataclass

STORE: Final = "sqlite"
PAUSE_SECONDS: Final = 0.01
"""How long to leave a file alone whose lock was asked for in vain."""

_LOGGER: Final = logging.getLogger("jwt_auth.database")
_warned: Final[set[Path]] = set()

Identity = tuple[int, int]
"""Device and inode: what a file is, whatever it is called."""


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """One file, by its absolute path: a daemon changes its directory, and has to find it again."""

    path: Path

    def identity(self) -> Identity | None:
        """Return what the file is, or None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def connect(self, wait_seconds: float) -> sqlite3.Connection:
        """Return a new connection; a file that is not there is made, with its directory (0600, 0700).

        Raises:
            StoreUnavailableError: it can neither be opened nor made.
        """
        try:
            with _address(self.path) as address:
                raw = connected(address, wait_seconds)
        except (OSError, sqlite3.Error) as exc:
            raise self.refusal(exc) from exc
        _warn_of_mode(self.path)
        return raw

    def refusal(self, cause: OSError | sqlite3.Error) -> StoreUnavailableError:
        """Return what says that the file or its directory is at fault, and which."""
        reason = cause.strerror if isinstance(cause, OSError) else cause
        detail = f"cannot open or make its file {self.path}: {reason}"
        return StoreUnavailableError(STORE, detail, is_passing=False)


def connected(address: str | Path, wait_seconds: float) -> sqlite3.Connection:
    """Return a connection in autocommit that threads may take in turns."""
    is_uri = isinstance(address, str) and address.startswith("file:")
    return sqlite3.connect(
        address, timeout=wait_seconds, isolation_level=None, check_same_thread=False, uri=is_uri
    )


@contextlib.contextmanager
def _address(path: Path) -> Generator[str | Path]:
    """Yield what SQLite is to open; where nothing is, with a file whose mode (0600) it takes over."""
    if path.exists():
        yield path
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite makes the file itself, private from the first moment, and its -wal and -shm files alike.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as model:
        yield f"{path.as_uri()}?modeof={quote(model.name)}"


def _warn_of_mode(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & stat.S_IRWXO and path not in _warned:
        _warned.add(path)
        _LOGGER.warning(
            "everybody on this machine may use %s (mode %03o), and password hashes are in it; "
            "chmod o= '%s' and the -wal and -shm files beside it",
            path,
            mode,
            path,
        )


def write_ahead(raw: sqlite3.Connection, deadline: float) -> None:
    """Have changes written to a log first, beside which others can read; that is kept in the file."""
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as exc:
            # Workers that start on a new file at once meet here, and here SQLite itself does not wait.
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
