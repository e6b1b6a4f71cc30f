"""A suite that is killed leaves no server behind."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.asgi.serving import COMMANDS
from tests.end_to_end.serving import until
from tests.servers.header import browser
from tests.servers.pooler import pgbouncer_binary

pytestmark = [pytest.mark.servers, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
SERVERS = {
    "redis_server": "valkey-server",
    "cluster_server": "valkey-server",
    "sentinel_server": "valkey-server",
    "postgres_server": "postgres",
    **({"pgbouncer": "pgbouncer"} if pgbouncer_binary() else {}),
    **({"browser": "chromium"} if browser() else {}),
    **dict.fromkeys(COMMANDS, "python"),
    "gunicorn": "gunicorn",
    "fork": "python",
}
KILLED = "tests/servers/killed.py"
FEW = ("redis_server", "fork")


@pytest.fixture
def running(tmp_path):
    """Return what starts a run: (servers, options) -> (pytest, the process of its test, the others)."""
    runs = []

    def run(servers, *options):
        started, log = tmp_path / "started", tmp_path / "log"
        command = [
            sys.executable,
            "-m",
            "pytest",
            *options,
            "-p",
            "no:cacheprovider",
            "tests/servers/killed.py",
        ]
        environment = {**os.environ, "SERVERS": " ".join(servers), "STARTED": str(started)}
        with log.open("wb") as out:
            runs.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out))
        until(lambda: started.exists() or runs[0].poll() is not None, within_seconds=600)
        assert started.exists(), log.read_text()
        tester, *others = [int(pid) for pid in started.read_text().split()]
        return (
            runs[0],
            psutil.Process(tester),
            [psutil.Process(pid) for pid in others if psutil.pid_exists(pid)],
        )

    yield run
    for process in runs:
        process.kill()
        process.wait()


def left(processes):
    """Return those that still run."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_no_server_outlives_pytest(running):
    """Kill -9 of pytest ends every kind of server that the suite starts, their workers and its own forks."""
    run, _, others = running(SERVERS)
    names = " ".join(one.name() for one in others)
    assert [name for name in SERVERS.values() if name not in names] == []
    run.kill()
    until(lambda: left(others) == [])


def test_no_server_outlives_a_worker(running):
    """Kill -9 of a worker of xdist ends its servers."""
    _, tester, others = running(FEW, "-n", "1", "--max-worker-restart", "0")
    tester.kill()
    until(lambda: left(others) == [])


def test_no_server_outlives_all_that_watch_it(running):
    """SIGTERM to every Python process of a run, those that watch it included, ends its servers."""
    run, _, others = running(FEW)
    pythons = [one for one in psutil.Process(run.pid).children(recursive=True) if "python" in one.name()]
    for process in (*pythons, run):
        process.terminate()
    until(lambda: left(others) == [])


def test_no_server_outlives_the_controller(running):
    """Kill -9 of the controller of xdist ends its workers and their servers."""
    run, tester, others = running(FEW, "-n", "1")
    run.kill()
    until(lambda: left([tester, *others]) == [])
