"""Processes that refresh in one file at once: nobody's session is lost, and a kill leaves the file whole."""

from __future__ import annotations

import os
import signal
from contextlib import closing

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import SqlRig, child, promoted
from tests.processes import in_children

PROCESSES, ROUNDS = 3, 40
OK = Verdict.OK


@pytest.fixture
def path(tmp_path):
    """Return a migrated file that nobody has open."""
    with closing(SqliteDatabase(tmp_path / "auth.sqlite3")) as database:
        migrate(database)
    return tmp_path / "auth.sqlite3"


def refreshed(path, rounds, *, common=None, kills=False):
    """Refresh sessions of one's own, and one that others refresh too; every answer is a yes."""
    with closing(SqliteDatabase(path)) as database:
        rig = SqlRig(database)
        tokens = [promoted(rig) for _ in range(4)]
        for number in range(rounds):
            tokens = [child(one) for one in tokens]
            assert rig.rotate(*tokens, *([common] if common else [])) == [OK] * (4 + bool(common))
            if kills and number == rounds // 2:
                os.kill(os.getpid(), signal.SIGKILL)


def test_processes_lose_nothing_to_each_other(path):
    """What one of them changes is judged again by the others, not overwritten and not refused."""
    with closing(SqliteDatabase(path)) as database:
        common = child(promoted(SqlRig(database)))
    done = in_children(PROCESSES, lambda _: refreshed(path, ROUNDS, common=common))
    assert done == [0] * PROCESSES


def test_a_process_that_is_killed_holds_up_nobody(path):
    """The others go on, and the file is whole."""
    done = in_children(PROCESSES, lambda number: refreshed(path, ROUNDS, kills=number == 0))
    assert done == [-signal.SIGKILL, *[0] * (PROCESSES - 1)]
    with closing(SqliteDatabase(path)) as database:
        assert database.query("SELECT * FROM pragma_integrity_check", fetch="one")[0] == "ok"
