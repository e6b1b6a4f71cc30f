"""A disk that takes no more: what must be written down is refused, and nothing else is."""

from __future__ import annotations

import resource
import signal
import sys

import psutil
import pytest

from tests.end_to_end.serving import worker
from tests.end_to_end.site import KEY
from tests.end_to_end.visitor import Visitor, problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is Linux's to set"),
]

FULL = (4096, resource.RLIM_INFINITY)
ROOM = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def process(closing, tmp_path):
    """Return a worker on an embedded file."""
    env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false", "DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3"}
    return closing.enter_context(worker("jwt-auth", "serve", "--port", "0", directory=tmp_path, env=env))


@pytest.mark.fault("F-26", "a file of SQLite that may not grow (RLIMIT_FSIZE)")
def test_what_cannot_be_written_down_is_not_done(process, measured):
    """A login is 503, for its row of the audit has no room; sessions and tokens stay good."""
    # F-26
    origin = process.origin()
    ada, grace = Visitor(origin), Visitor(origin, "grace")
    ada.register()
    assert ada.login().status_code == 200
    held, files = ada.token, psutil.Process(process.process.pid)
    files.rlimit(psutil.RLIMIT_FSIZE, FULL)
    try:
        assert problem(ada.login())[0] == 503
        assert problem(grace.register())[0] == 503
        assert ada.me().status_code == 200
        assert ada.token == held
    finally:
        files.rlimit(psutil.RLIMIT_FSIZE, ROOM)
        measured.healed()
    assert ada.refresh().status_code == 200
    assert (grace.register().status_code, grace.login().status_code) == (201, 200)
    for one in (ada, grace):
        one.close()
    process.send(signal.SIGTERM)
    assert process.ended() in {0, -signal.SIGTERM}
    assert "Traceback" not in process.output
