"""A run that ends by force alone, with the servers that it was asked for; `test_watchdog.py` kills it."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg2
import pytest

from tests.asgi.serving import COMMANDS, served
from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.end_to_end.serving import worker
from tests.servers.pooler import pgbouncer

BOOTED = re.compile("Booting worker")
GUNICORN = "gunicorn --workers 2 --worker-class uvicorn_worker.UvicornWorker --bind 127.0.0.1:0"


def test_is_killed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Start what ``SERVERS`` names, write the processes to ``STARTED``, this one first, and wait."""
    with ExitStack() as stack:
        for name in os.environ["SERVERS"].split():
            start(name, stack, request, tmp_path)
        this = psutil.Process()
        processes = (this, *this.children(recursive=True), *daemons(request))
        unfinished = tmp_path / "unfinished"
        unfinished.write_text("\n".join(str(one.pid) for one in processes), "utf-8")
        unfinished.rename(os.environ["STARTED"])
        signal.pause()


def start(name: str, stack: ExitStack, request: pytest.FixtureRequest, directory: Path) -> None:
    """Start one kind of server, or a child."""
    if name in COMMANDS:
        stack.enter_context(served(name, "bare", directory / name))
    elif name == "gunicorn":
        words = (*GUNICORN.split(), "tests.asgi.apps.served:bare")
        env = {"PYTHONWARNINGS": "default"}
        server = stack.enter_context(worker(*words, directory=directory, env=env))
        for _ in range(2):
            server.await_line(BOOTED)
    elif name == "pgbouncer":
        stack.enter_context(pgbouncer(request.getfixturevalue("postgres_url")))
    elif name == "fork":
        if os.fork() == 0:
            signal.pause()
    else:
        request.getfixturevalue(name)


def daemons(request: pytest.FixtureRequest) -> list[psutil.Process]:
    """Return the processes of PostgreSQL, which is no child of pytest."""
    if "postgres" not in os.environ["SERVERS"]:
        return []
    with psycopg2.connect(request.getfixturevalue("postgres_server")) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW data_directory")
        ((directory,),) = cursor.fetchall()
    server = psutil.Process(int((Path(directory) / "postmaster.pid").read_text("utf-8").split()[0]))
    return [server, *server.children()]
