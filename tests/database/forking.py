"""What happens to the embedded file over a fork: ``python -m tests.database.forking <case> <file>``.

In an interpreter of its own, because the parent ends, and because a fork beside busy threads is
tried. Each case leaves rows, and ends well only when every row that was promised is there.
"""

from __future__ import annotations

import contextvars
import ctypes
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from jwt_auth_core.database import forks
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import StoreUnavailableError
from tests.processes import in_children

ADD = "INSERT INTO notes (body) VALUES (%s)"


def opened(path: Path) -> SqliteDatabase:
    """Return a database that has been used."""
    db = SqliteDatabase(path)
    db.query("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, body TEXT)")
    db.query(ADD, ("parent",))
    return db


def short_process(path: Path) -> None:
    """Do what any other process does that opens the file and closes it."""
    code = (
        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM notes').fetchall()"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)


def rows(path: Path, like: str = "%") -> int:
    """Return how many rows a process finds that has never had the file open before."""
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
        "print(db.execute('SELECT count(*) FROM notes WHERE body LIKE ?', sys.argv[2:]).fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, path, like], check=True, capture_output=True)
    return int(done.stdout)


def refusal(db: SqliteDatabase) -> str:
    """Return how a child is refused that must not use the file, outside of any block."""
    try:
        contextvars.Context().run(db.query, ADD, ("child",))
    except StoreUnavailableError as error:
        return str(error)
    return ""


def daemon(path: Path) -> None:
    """The parent used the file, forks and ends; short processes come by while the child writes."""
    db = opened(path)
    if os.fork():
        os._exit(0)  # whoever started it waits for the child, which holds its end of the pipe
    os.chdir("/")
    for number in range(60):
        db.query(ADD, (f"child {number}",))
        if number % 20 == 10:
            short_process(path)
    assert rows(path, "child%") == 60
    sys.stdout.write("all rows are there\n")
    sys.stdout.flush()


def preloaded(path: Path) -> None:
    """Three workers of one parent write beside it and one another, and beside short processes."""
    db = opened(path)

    def work(worker: int) -> None:
        for number in range(20):
            db.query(ADD, (f"worker {worker}.{number}",))
            if number == 10:
                short_process(path)

    assert in_children(3, work) == [0, 0, 0]
    db.query(ADD, ("parent",))
    short_process(path)
    assert (rows(path, "worker%"), rows(path, "parent")) == (60, 2)


def busy(path: Path) -> None:
    """Threads write without a pause while their process forks again and again; nobody loses a row."""
    db, over, written = opened(path), threading.Event(), []

    def write() -> None:
        while not over.is_set():
            with suppress(StoreUnavailableError):
                with db.transaction():
                    db.query(ADD, ("thread",))
                written.append(1)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()

    def work(worker: int) -> None:
        left = 5
        while left:  # threads that never pause leave others little room
            with suppress(StoreUnavailableError):
                db.query(ADD, (f"worker {worker}",))
                left -= 1
        short_process(path)

    statuses = [in_children(1, work) for _ in range(3)]
    over.set()
    for thread in threads:
        thread.join()
    assert statuses == [[0]] * 3
    assert (rows(path, "worker%"), rows(path, "thread")) == (15, len(written))


def in_a_transaction(path: Path) -> None:
    """A fork inside a block: the parent goes on and keeps all; the child is refused the file."""
    db = opened(path)

    def work(_: int) -> None:
        for candidate in (db, SqliteDatabase(path)):
            assert "fork outside of transactions" in refusal(candidate)

    with db.transaction():
        db.query(ADD, ("parent",))
        assert in_children(2, work) == [0, 0]
        short_process(path)
        db.query(ADD, ("parent",))
    db.query(ADD, ("parent",))
    short_process(path)
    assert (rows(path, "parent"), rows(path, "child")) == (4, 0)


def held_by_a_thread(path: Path) -> None:
    """A block of another thread that outlasts the patience: the fork goes on, the child is refused."""
    forks.PATIENCE_SECONDS = 0.05
    db, inside, over = opened(path), threading.Event(), threading.Event()

    def hold() -> None:
        with db.transaction():
            db.query(ADD, ("thread",))
            inside.set()
            over.wait()
            db.query(ADD, ("thread",))

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()

    def work(_: int) -> None:
        assert "fork outside of transactions" in refusal(db)

    assert in_children(1, work) == [0]
    short_process(path)
    over.set()
    thread.join()
    db.query(ADD, ("parent",))
    assert (rows(path, "thread"), rows(path, "parent")) == (2, 2)


def unseen(path: Path) -> None:
    """A fork that Python did not make, as uWSGI's: the child is refused, not left to lose rows."""
    db = opened(path)
    child = ctypes.PyDLL(None).fork()
    if child == 0:
        os._exit("by os.fork" not in refusal(db))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    db.query(ADD, ("parent",))
    short_process(path)
    assert rows(path, "parent") == 2


def spilled(path: Path) -> None:
    """A child that ends in good order inside a large block closes nothing of what the parent writes."""
    db = opened(path)
    with db.transaction():
        for number in range(1000):
            db.query(ADD, (f"large {number} " + "x" * 8000,))
        child = os.fork()
        if child == 0:
            sys.exit(0)
        os.waitpid(child, 0)
        db.query(ADD, ("parent",))
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("SELECT count(*) FROM notes").fetchone() == (1002,)
        assert raw.execute("SELECT count(*) FROM notes WHERE length(body) > 8000").fetchone() == (1000,)


CASES: dict[str, Callable[[Path], None]] = {
    case.__name__: case
    for case in (daemon, preloaded, busy, in_a_transaction, held_by_a_thread, unseen, spilled)
}

if __name__ == "__main__":
    CASES[sys.argv[1]](Path(sys.argv[2]))
