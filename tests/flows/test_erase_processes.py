"""Several processes erase at once, and are killed in it: each user goes once, and the audit stays whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests import dumps
from tests.cheap import cheap_passwords
from tests.flows.eraser import SETTINGS
from tests.revocations.parts import until

USERS = 60
_LEFT = "SELECT COUNT(*) AS count FROM users WHERE first_name = 'Ada'"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def url(request, tmp_path):
    """Return where the users of all processes are."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/auth.sqlite3"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def auth(url):
    """Return an `Auth` on a database with as many users, all of whose time has come, and one more."""
    made = Auth.from_settings(
        Settings.from_env({**SETTINGS, "DATABASE_URL": url}), passwords=cheap_passwords()
    )
    made.migrate()
    for number in range(USERS):
        register(made, f"ada{number}@example.com", "Ada")
    made.audit.seal()
    made.database.query("UPDATE auth_accounts SET deletion_at = 1")
    register(made, "eve@example.com", "Eve")
    yield made
    made.close()


def register(auth, email, first_name):
    """Register a user."""
    names = {"first_name": first_name, "last_name": "L", "password": "a long enough pass phrase"}
    auth.register(auth.register.parse({"email": email, **names}), Client("198.51.100.77", "a browser"))


def left(auth):
    """Return how many users are yet to be erased."""
    return auth.database.query(_LEFT, fetch="one")["count"]


def started(url):
    """Start an eraser, and wait until it is about to begin."""
    command = [sys.executable, "-m", "tests.flows.eraser", url]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    return process


def killed(process):
    """Kill an eraser in the middle of what it does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_kill_leaves_all_of_a_user_or_nothing(url, auth):
    """And who comes next goes on: in the end everybody is gone once, under one pseudonym each."""
    erasers = [started(url), started(url)]
    try:
        for kept in range(USERS - 10, 0, -15):  # while the first ones are at it
            until(lambda kept=kept: left(auth) <= kept)
            killed(erasers.pop(0))
            erasers.append(started(url))
        until(lambda: left(auth) == 0)
    finally:
        for process in erasers:
            killed(process)
    auth.audit.seal()
    rows = list(auth.audit.rows())
    gone = Counter(row.user_id for row in rows if row.name == "user_deleted")
    assert (len(gone), set(gone.values())) == (USERS, {1})
    assert all(name.startswith("erased-") for name in gone)
    per_user = Counter(row.user_id for row in rows if row.user_id in gone)
    assert set(per_user.values()) == {3}  # registered, deleted, erased
    assert auth.audit.verify().findings == ()
    assert auth.end_user.find("eve@example.com").first_name == "Eve"
    named = [row for row in dumps.rows(auth.database) if "@example.com" in row]
    assert all("eve@example.com" in row for row in named)
