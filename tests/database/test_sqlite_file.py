"""The embedded file: its mode, its directory, the locks that it keeps."""

from __future__ import annotations

import contextvars
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.database.files import notes_file
from tests.faults.neighbours import on

WATCHED = """
import asyncio, sys
opened = []
def watch(event, words):
    if event.startswith(("open", "os.", "shutil.")) and "auth.sqlite3" in str(words[0]):
        opened.append((event, str(words[0])))
sys.addaudithook(watch)
from jwt_auth_asgi import cli
from tests.end_to_end.site import FRAMEWORKS, build
from tests.forks.road import walk
from jwt_auth_core import Settings
cli.main(["migrate"])
auth = build(Settings.from_env(), events=[])
asyncio.run(walk(FRAMEWORKS["fastapi"](auth), "ada"))
auth.check()
auth.close()
print("opened:", [one for one in opened if ".auth.sqlite3-" not in one[1]])
"""
"""``.auth.sqlite3-...`` is the model of the file's mode: another file, made and removed before it is used."""


@pytest.fixture
def db(path) -> Iterator[SqliteDatabase]:
    """Return a database file with one table."""
    with notes_file(path) as database:
        yield database


def mode(path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def in_another_context(db, sql: str) -> list[object]:
    """Return the rows of a query outside of the block that is open here: on a connection of its own."""
    return contextvars.Context().run(db.query, sql, fetch="all")


@pytest.mark.usefixtures("db")
def test_only_the_owner_reads_the_files(path):
    """The database and the two files that SQLite puts beside it are 0600, whatever the umask."""
    files = sorted(path.parent.iterdir())
    assert [(f.name, mode(f)) for f in files] == [(path.name + end, 0o600) for end in ("", "-shm", "-wal")]


def test_no_umask_widens_the_files(path):
    """A file is private from its first moment, whatever the umask; nothing of its making stays."""
    umask = os.umask(0)
    try:
        db = SqliteDatabase(path)
        db.query("CREATE TABLE notes (id INTEGER)")
    finally:
        os.umask(umask)
    assert {f.name: mode(f) for f in path.parent.iterdir()} == {
        path.name + end: 0o600 for end in ("", "-shm", "-wal")
    }
    db.close()


def test_the_mode_of_a_file_that_was_there_is_left_and_told(path, caplog):
    """What an operator has opened to others stays so, with one warning that says how to close it."""
    with closing(SqliteDatabase(path)) as first:
        first.query("CREATE TABLE notes (id INTEGER)")
    path.chmod(0o664)
    db = SqliteDatabase(path)
    with db.transaction():
        in_another_context(db, "SELECT * FROM notes")
    db.close()
    assert mode(path) == 0o664
    assert [record.getMessage().count("chmod o=") for record in caplog.records] == [1]


def test_a_file_shared_with_a_group_is_nothing_to_tell(path, caplog):
    """A group is chosen by somebody; everybody is not."""
    path.parent.mkdir()
    path.touch(0o660)
    path.chmod(0o660)
    with closing(SqliteDatabase(path)) as first:
        first.query("CREATE TABLE notes (id INTEGER)")
    assert (mode(path), caplog.records) == (0o660, [])


def test_a_second_connection_leaves_the_locks_of_the_first(db, path):
    """Another process that comes and goes does not believe to be the last, and leaves the log."""
    with db.transaction():
        in_another_context(db, "SELECT * FROM notes")
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM notes').fetchall()"
    subprocess.run([sys.executable, "-c", code, path], check=True)
    assert path.with_name(path.name + "-wal").exists()


def test_the_file_stays_the_same_whatever_the_directory(tmp_path, monkeypatch):
    """A daemon changes its directory after the start; later connections open the same file."""
    monkeypatch.chdir(tmp_path)
    db = SqliteDatabase("auth.sqlite3")
    db.query("CREATE TABLE notes (id INTEGER)")
    monkeypatch.chdir("/")
    with db.transaction():
        assert in_another_context(db, "SELECT * FROM notes") == []
    db.close()


@pytest.mark.usefixtures("db")
def test_its_directory_is_made_private(path):
    """A directory that we make is 0700."""
    assert mode(path.parent) == 0o700


def test_a_directory_of_others_is_left_as_it_is(tmp_path):
    """The mode of a directory that was there is not ours to change."""
    tmp_path.chmod(0o755)
    database = SqliteDatabase(tmp_path / "auth.sqlite3")
    database.query("SELECT 1")
    database.close()
    assert mode(tmp_path) == 0o755


def test_nothing_of_ours_opens_the_file(tmp_path):
    """Not once, from the first command to a served life's end: only SQLite itself does."""
    run = [sys.executable, "-W", "ignore", "-c", WATCHED]
    env = {**os.environ, **on(tmp_path / "auth.sqlite3"), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "opened: []"
