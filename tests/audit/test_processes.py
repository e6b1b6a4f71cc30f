"""Several processes write and seal at once, are forked and killed: nothing is lost, one chain is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_core import assemble
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.settings import Settings
from tests.audit.desk import Desk
from tests.audit.test_sealer import chain, covered
from tests.audit.writer import SETTINGS
from tests.revocations.parts import until

ENOUGH = 40  # lines of each process before it is killed


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def url(request, tmp_path):
    """Return where the audit of all processes is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/audit.sqlite3"
    return request.getfixturevalue("postgres_url")


def started(url, *words):
    """Start a writer in a group of its own."""
    command = [sys.executable, "-m", "tests.audit.writer", url, *words]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True)


def killed(process):
    """Kill a writer and its children in the middle of what they do; return what they said was written."""
    said = [process.stdout.readline() for _ in range(ENOUGH)]
    os.killpg(process.pid, signal.SIGKILL)
    rest = process.communicate()[0]
    whole = (*said, *rest.splitlines(keepends=True))
    return {line.strip() for line in whole if line.endswith("\n")}


def is_all_sealed(desk):
    """Seal, and tell whether that was all: the server of a killed writer may be at a last row yet."""
    try:
        return not desk.seal() and covered(desk) == desk.ids()
    except StoreUnavailableError:
        return False


@pytest.mark.parametrize("words", [[], ["fork"]], ids=["two", "forked"])
def test_a_kill_loses_nothing_that_was_answered_for(url, words):
    """Two processes, and their children: each event that was written is a row, each row is sealed once."""
    # LOG-3
    settings = Settings.from_env({**SETTINGS, "DATABASE_URL": url})
    database = assemble.open_database(settings)
    try:
        assemble.stores(settings, database=database).migrate()
        writers = [started(url, *words) for _ in range(2)]
        said = set.union(*map(killed, writers))
        desk = Desk(database)
        until(lambda: is_all_sealed(desk))
        users = {row.user_id for row in desk.audit().rows()}
        assert said <= users
        assert len(chain(desk)) >= 1
        assert desk.found() == []
    finally:
        database.close()
