"""A process is killed when it has taken something away and told nobody yet: the workers refuse all the same.

Both storage worlds, two workers. The death is a real one, right where the announcement would begin.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.guards.test_callers import credential, editor, environment, operator, workers
from tests.house.sources import ROOT

__all__ = ["credential", "editor", "environment", "operator", "workers"]
pytestmark = pytest.mark.slow

VICTIM = """
import os, signal, sys
from jwt_auth_core import Auth
from jwt_auth_core.revocations.revocations import Revocations


def die(*_of, **_what):
    os.kill(os.getpid(), signal.SIGKILL)


Revocations.revoke_tokens = Revocations.revoke_session = Revocations.revoke_user = die
auth = Auth.from_env(dotenv=False)
{
    "role": auth.roles.revoke,
    "key": auth.api_keys.revoke,
    "client": auth.clients.manage.remove,
    "logout": auth.logout,
    "session": auth.revoke_session,
}[sys.argv[1]](*sys.argv[2:])
"""
AT_MOST_SECONDS = 2.0
"""One second is the promise, the other the machine's, which does more than this test."""


@pytest.fixture
def killed(environment):
    """Return what has a process take something away and die of it, and says when that was."""

    def run(*command: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", VICTIM, *command], cwd=ROOT, env={**os.environ, **environment}, check=False
        )
        assert done.returncode == -signal.SIGKILL
        return time.monotonic()

    return run


def test_a_role_is_gone_though_nobody_told(workers, operator, editor, killed):
    """Its tokens are refused by every worker within a second; the session goes on without it."""
    # F-18
    before = operator.login(editor[1])
    assert workers.all("on_fastapi", "/reports", before.access_token) == {200}
    died_at = killed("role", editor[0], "editor")
    workers.await_all("on_fastapi", "/reports", before.access_token, 401)
    assert time.monotonic() - died_at < AT_MOST_SECONDS
    body = {"refresh_token": before.refresh_token.reveal()}
    after = workers.post("/auth/refresh", json=body).json()["access_token"]
    assert workers.all("on_fastapi", "/reports", after) == {403}


def test_a_key_is_gone_though_nobody_told(workers, operator, editor, credential, killed):
    """It opens nothing at any worker within a second."""
    # F-18
    key, _ = credential("api_key")
    assert workers.all("on_fastapi", "/me", key) == {200}
    (stored,) = operator.auth.api_keys.list(editor[0])
    died_at = killed("key", editor[0], stored.key_id)
    workers.await_all("on_fastapi", "/me", key, 401)
    assert time.monotonic() - died_at < AT_MOST_SECONDS


def test_a_client_is_gone_though_nobody_told(workers, credential, killed):
    """Its tokens open nothing at any worker within a second."""
    # F-18
    token, name = credential("client")
    assert workers.all("on_fastapi", "/me", token) == {200}
    died_at = killed("client", name)
    workers.await_all("on_fastapi", "/me", token, 401)
    assert time.monotonic() - died_at < AT_MOST_SECONDS


@pytest.mark.parametrize("by", ["logout", "session"])
def test_a_session_is_over_though_nobody_told(workers, operator, editor, killed, by):
    """Its tokens are refused by every worker within a second, and those of another session go on."""
    # F-18, RF-12
    ended, other = operator.login(editor[1]), operator.login(editor[1])
    assert workers.all("on_fastapi", "/me", ended.access_token) == {200}
    own = operator.auth.claims_of(ended.access_token).session_id
    died_at = killed(by, *([ended.refresh_token.reveal()] if by == "logout" else [editor[0], own]))
    workers.await_all("on_fastapi", "/me", ended.access_token, 401)
    assert time.monotonic() - died_at < AT_MOST_SECONDS
    assert workers.all("on_fastapi", "/me", other.access_token) == {200}
