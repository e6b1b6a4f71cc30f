"""What docs/sqlite.md says can be done is done here, word for word."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from jwt_auth_core.database.sqlite import SqliteDatabase

PAGE = (Path(__file__).parents[2] / "docs" / "sqlite.md").read_text(encoding="utf-8")
BACKUPS = re.findall(r"^sqlite3 var/jwt-auth\.sqlite3 \"(.+?)\"(?:  |$)", PAGE, re.MULTILINE)


@pytest.fixture
def db(tmp_path, monkeypatch):
    """Return the database of an application that runs, in the directory in which the commands are typed."""
    monkeypatch.chdir(tmp_path)
    database = SqliteDatabase("var/jwt-auth.sqlite3")
    database.query("CREATE TABLE notes (body TEXT)")
    yield database
    database.close()


def test_the_page_names_two_ways_to_back_up():
    """Those that the next test runs."""
    assert len(BACKUPS) == 2


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="SQLite's shell is not installed")
@pytest.mark.parametrize("command", BACKUPS)
def test_a_back_up_beside_the_running_application_is_whole(db, command):
    """It has what was written the moment before, and the application writes on."""
    db.query("INSERT INTO notes VALUES ('before')")
    subprocess.run(["sqlite3", "var/jwt-auth.sqlite3", command], check=True)
    db.query("INSERT INTO notes VALUES ('after')")
    with closing(sqlite3.connect("auth-backup.sqlite3")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("SELECT body FROM notes").fetchall() == [("before",)]
    assert Path("var/jwt-auth.sqlite3-wal").exists()


def test_who_only_reads_takes_nothing_with_it(db):
    """A reader with mode=ro comes and goes; the log stays, and so does what is written next."""
    with closing(sqlite3.connect("file:var/jwt-auth.sqlite3?mode=ro", uri=True)) as raw:
        assert raw.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    db.query("INSERT INTO notes VALUES ('after')")
    assert db.query("SELECT count(*) AS n FROM notes", fetch="one") == {"n": 1}
    assert Path("var/jwt-auth.sqlite3-wal").exists()
