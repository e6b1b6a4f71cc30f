"""The embedded file beside other processes: whoever comes and goes takes nothing with it."""

from __future__ import annotations

import pytest

from tests.examples.serving import served
from tests.faults.neighbours import Promised, command, command_line, on, shell, third_auth, visited

pytestmark = pytest.mark.slow

ROUNDS = 100
TWO_WORKERS = ("--workers", "2", "--timeout-worker-healthcheck", "60")


def test_a_hundred_short_processes_beside_two_workers(tmp_path):
    """Command line, shell and a third `Auth` come and go under load; nothing answered for is missing."""
    path, promised = tmp_path / "auth.sqlite3", Promised()
    serving = served("tests.faults.on_file:app", directory=tmp_path, env=on(path), options=TWO_WORKERS)
    with serving as origin, visited(origin, promised):
        for number in range(ROUNDS):
            third_auth(path, f"script-{number}@example.com", promised)
            shell(path)
            come = command if number % 20 else command_line
            come(path, f"admin-{number}@example.com", promised)
    assert promised.missing_in(path) == set()
