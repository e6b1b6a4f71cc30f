"""The embedded file over a fork: nothing is lost, in the parent or in the child."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_core.database import forks
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.database.forking import CASES

ROOT = Path(__file__).parents[2]
PROMISED = [case for case in CASES if case != "daemon"]


def run(case: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.database.forking", case, path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("case", PROMISED)
def test_a_fork_loses_no_row(case, tmp_path):
    """What was acknowledged is there, whoever forked, wherever its threads were, and whoever came by."""
    # F-28
    done = run(case, tmp_path / "auth.sqlite3")
    assert done.returncode == 0, done.stderr


def test_a_child_that_outlives_its_parent_loses_no_row(tmp_path):
    """A daemon: the parent used the file and ended; the child, in another directory, writes on."""
    # F-28
    assert run("daemon", tmp_path / "auth.sqlite3").stdout == "all rows are there\n"


def test_a_fork_in_the_midst_of_the_pool_does_not_wait_for_itself(tmp_path, monkeypatch):
    """A signal handler that forks while its own thread holds the pool's lock goes on after the patience."""
    monkeypatch.setattr(forks, "PATIENCE_SECONDS", 0.0)
    db = SqliteDatabase(tmp_path / "auth.sqlite3")
    with db.pool._here.lock:
        forks._before()
        forks._in_parent()
    assert db.query("SELECT 1 AS one", fetch="one") == {"one": 1}
    db.close()


def test_a_database_in_memory_stays_open_over_a_fork():
    """Its connection is all that there is; it is never closed."""
    db = SqliteDatabase(":memory:")
    db.query("CREATE TABLE notes (id INTEGER)")
    forks._before()
    forks._in_parent()
    assert db.query("SELECT * FROM notes", fetch="all") == []
    db.close()


def test_a_child_begins_without_what_its_parent_prepared():
    """In the child nobody is at rest any more."""
    forks._before()
    forks._in_child()
    assert forks._at_rest == {}


def test_systems_without_fork_need_none_of_it(monkeypatch):
    """Where nothing can be registered, nothing is."""
    monkeypatch.delattr(os, "register_at_fork")
    monkeypatch.setattr(forks, "_watched", set())
    SqliteDatabase(":memory:").close()
    assert forks._watched == set()
