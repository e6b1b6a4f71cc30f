"""What is SQLite's alone: the file, its settings, its neighbours, its errors."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from unittest.mock import Mock

import pytest

from jwt_auth_core.database.file import write_ahead
from jwt_auth_core.database.sqlite import SqliteDatabase, _open, translated
from jwt_auth_core.database.statement import Statement, scan
from jwt_auth_core.errors import (
    AuthError,
    ConstraintError,
    InvalidValueError,
    QueryError,
    StoreUnavailableError,
    UniqueViolationError,
)
from tests.database.files import notes_file
from tests.processes import in_children

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture
def db(path) -> Iterator[SqliteDatabase]:
    """Return a database file with one table."""
    with notes_file(path) as database:
        yield database


def test_a_directory_without_room_for_the_log_is_named(path, monkeypatch):
    """SQLite writes beside the file; where it may not, the sentence names the file and SQLite's reason."""
    error = with_code(sqlite3.SQLITE_READONLY, "attempt to write a readonly database")
    monkeypatch.setattr("jwt_auth_core.database.sqlite.write_ahead", Mock(side_effect=error))
    with pytest.raises(StoreUnavailableError, match=f"{path}: attempt to write a readonly database"):
        SqliteDatabase(path).query("SELECT 1")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("trusted_schema", 0)],
)
def test_every_connection_has_its_settings(db, setting, value):
    """Foreign keys hold, readers do not wait for a writer, and what was kept outlives a power cut."""
    (row,) = db.run(Statement(f"PRAGMA {setting}", 0)).rows
    assert row[0] == value


def test_a_connection_that_takes_no_settings_is_closed(monkeypatch):
    """Nothing half set up is lent, or left open."""
    monkeypatch.setattr("jwt_auth_core.database.sqlite._SETTINGS", ("no statement",))
    before = set(_open)
    with pytest.raises(QueryError):
        SqliteDatabase(":memory:").query("SELECT 1")
    assert set(_open) <= before


def test_a_path_that_cannot_be_made(tmp_path):
    """One clear sentence when there can be no such file."""
    (tmp_path / "file").touch()
    db = SqliteDatabase(tmp_path / "file" / "auth.sqlite3")
    with pytest.raises(StoreUnavailableError, match=r"sqlite cannot open or make its file .*/auth.sqlite3: "):
        db.query("SELECT 1")


def test_a_file_that_is_no_database(tmp_path):
    """A foreign file is refused and not overwritten."""
    (tmp_path / "letter.txt").write_bytes(b"Dear reader, " * 100)
    db = SqliteDatabase(tmp_path / "letter.txt")
    with pytest.raises(StoreUnavailableError, match="damaged"):
        db.query("SELECT 1")
    assert (tmp_path / "letter.txt").read_bytes() == b"Dear reader, " * 100


def test_another_writer_is_waited_for_to_a_deadline(db, path):
    """While another holds the file a write is refused after ``wait_seconds``; a read is served (F-17)."""
    # F-17
    other = SqliteDatabase(path)
    with other.transaction():
        with pytest.raises(StoreUnavailableError, match="locked by another writer"):
            db.query("INSERT INTO notes VALUES (1, 'a')")
        with pytest.raises(StoreUnavailableError, match="locked by another writer"), db.transaction():
            pass
        assert db.query("SELECT * FROM notes", fetch="all") == []
    other.close()
    assert db.query("INSERT INTO notes VALUES (1, 'a')") == 1


def test_a_full_disk(db):
    """Without space a write is refused, and what was there is still read (F-14)."""
    # F-14
    db.run(Statement("PRAGMA max_page_count = 1", 0))
    with pytest.raises(StoreUnavailableError, match="no space left"):
        db.query("INSERT INTO notes VALUES (1, %s)", ("x" * 100_000,))
    assert db.query("SELECT * FROM notes", fetch="all") == []


def test_a_read_only_file(db):
    """Where nothing may be written, writes are refused and reads are served (F-16)."""
    # F-16
    db.run(Statement("PRAGMA query_only = ON", 0))
    with pytest.raises(StoreUnavailableError, match="is read-only"):
        db.query("INSERT INTO notes VALUES (1, 'a')")
    assert db.query("SELECT * FROM notes", fetch="all") == []


def test_processes_write_to_one_file(path):
    """Several processes write at once; every row arrives."""
    main = SqliteDatabase(path)
    main.query("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")

    def write(number: int) -> None:
        for place in range(20):
            with main.transaction():
                main.query("INSERT INTO notes VALUES (%s, 'a')", (number * 100 + place,))

    assert in_children(4, write) == [0, 0, 0, 0]
    assert main.query("SELECT count(*) AS n FROM notes", fetch="one") == {"n": 80}
    main.close()


def test_processes_start_on_one_new_file(path):
    """Workers that all make the file at the same moment do not trip over each other."""

    def start(_: int) -> None:
        SqliteDatabase(path).query("CREATE TABLE IF NOT EXISTS notes (id INTEGER)")

    assert in_children(8, start) == [0] * 8


def test_who_finds_a_new_file_locked_tries_again(tmp_path, monkeypatch):
    """Where SQLite itself does not wait, we do: until the file is free, or to the deadline."""
    path = tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(path)) as holder, closing(sqlite3.connect(path, timeout=0)) as raw:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write_ahead(raw, time.monotonic())
        monkeypatch.setattr(time, "sleep", lambda _: holder.rollback())
        write_ahead(raw, time.monotonic() + 60)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_in_memory_is_one_for_all_threads():
    """``:memory:`` has a single connection that calls take in turns."""
    db = SqliteDatabase(":memory:", wait_seconds=0.01)
    db.query("CREATE TABLE notes (id INTEGER)")
    assert db.query("SELECT count(*) AS n FROM notes", fetch="one") == {"n": 0}
    db.close()


def test_closing_leaves_nothing_open(path):
    """After ``close`` no connection is left for the garbage collector to complain of."""
    db = SqliteDatabase(path)
    with db.transaction():
        db.query("CREATE TABLE notes (id INTEGER)")
    db.close()
    del db
    gc.collect()
    assert not path.with_name(path.name + "-wal").exists()


def test_an_inherited_connection_is_never_closed(db, monkeypatch):
    """In a child it outlives the interpreter's own end: closing it would write to the parent's files."""
    # F-28
    (connection,), parents = db.pool.stats().idle, os.getpid()
    counts = [sys.getrefcount(connection._raw)]
    for process in (parents, parents + 1):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        db.disown()
        counts.append(sys.getrefcount(connection._raw))
    monkeypatch.undo()
    assert counts == [counts[0], counts[0], counts[0] + 1]


def test_a_child_is_refused_a_file_that_its_parent_had_open(db, path, monkeypatch):
    """Whichever object it asks: SQLite would trust in locks that it has not."""
    # F-28
    parents = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parents + 1)
    for candidate in (db, SqliteDatabase(path)):
        with pytest.raises(StoreUnavailableError, match="fork outside of transactions"):
            candidate.query("SELECT 1")
    other = SqliteDatabase(path.with_name("other.sqlite3"))
    assert other.query("SELECT 1 AS one", fetch="one") == {"one": 1}
    other.close()
    monkeypatch.undo()


CLASSES = [c for c in vars(sqlite3).values() if isinstance(c, type) and issubclass(c, Exception)]
FAMILY = {
    **dict.fromkeys(
        ["ABORT", "AUTH", "BUSY", "CANTOPEN", "CORRUPT", "FULL", "INTERNAL", "INTERRUPT", "IOERR", "LOCKED"],
        StoreUnavailableError,
    ),
    **dict.fromkeys(
        ["NOLFS", "NOMEM", "NOTADB", "PERM", "PROTOCOL", "READONLY", "SCHEMA"], StoreUnavailableError
    ),
    **dict.fromkeys(["ERROR", "MISUSE", "NOTFOUND", "FORMAT", "EMPTY"], QueryError),
    **dict.fromkeys(["MISMATCH", "RANGE", "TOOBIG"], InvalidValueError),
    "CONSTRAINT": ConstraintError,
}
"""The primary result codes, https://www.sqlite.org/rescode.html, without those that are no errors."""
UNIQUE = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}
CODES = [n for n in vars(sqlite3) if n.startswith("SQLITE_") and n.split("_")[1] in FAMILY]


def with_code(code: int, message: str = "a rule") -> sqlite3.Error:
    """Return an error as sqlite3 raises it."""
    error = sqlite3.DatabaseError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_exception_of_the_driver_is_translated(cls):
    """Each class that sqlite3 can raise has an error of ours, also without a result code."""
    assert isinstance(translated(cls("something")), AuthError)
    assert type(translated(cls("something"))) is not AuthError


@pytest.mark.parametrize("name", CODES)
def test_every_result_code_has_its_family(name):
    """Each result code, the extended ones too, becomes the error that its caller can act on."""
    # F-14
    error = translated(with_code(getattr(sqlite3, name), "UNIQUE constraint failed: a.b"))
    family = UniqueViolationError if name in UNIQUE else FAMILY[name.split("_")[1]]
    assert type(error) is family
    assert getattr(error, "constraint", "a.b") == "a.b"


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (OverflowError("too big"), InvalidValueError),
        (sqlite3.ProgrammingError("Error binding parameter 1: type 'x' is not supported"), InvalidValueError),
        (sqlite3.InterfaceError("Error binding parameter 0"), InvalidValueError),
        (sqlite3.DataError("string longer than INT_MAX bytes"), InvalidValueError),
        (sqlite3.ProgrammingError("Cannot operate on a closed database."), StoreUnavailableError),
        (sqlite3.OperationalError("unknown"), StoreUnavailableError),
        (sqlite3.Warning("You can only execute one statement at a time."), QueryError),
    ],
)
def test_what_python_raises_without_asking_sqlite(error, family):
    """Errors of the driver's Python layer have no result code, and a family all the same."""
    assert type(translated(error)) is family


def test_a_light_statement_waits_for_no_disk(tmp_path):
    """It is kept when the process dies; the next transaction waits for the disk again."""
    with closing(SqliteDatabase(tmp_path / "a.sqlite3", connections=1)) as database:
        database.query("CREATE TABLE t (n INTEGER)")
        insert = scan("INSERT INTO t VALUES (%s)", "sqlite")
        kept = synchronous(database)
        assert database.run_lightly(insert, (1,)).count == 1
        assert synchronous(database) == kept == FULL
        with database.transaction():
            database.run_lightly(insert, (2,))
        assert database.query("SELECT n FROM t", fetch="all") == [{"n": 1}, {"n": 2}]


FULL = 2


def synchronous(database):
    """Return what the one connection of a database waits for."""
    connection = database.pool.take(held=0)
    try:
        return connection.execute("PRAGMA synchronous").rows[0][0]
    finally:
        database.pool.give(connection)
