"""The start commands and health checks of the examples, run as they stand in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import httpx
import pytest

from tests.deployment.files import MIGRATE, SERVE, commands, dockerfile, probes
from tests.examples.serving import environment, process

NO_NEW_CODE = (65, 1, 0, 0, 0)
"""PR_SET_MDWE, by which systemd forbids memory that is written and executed (Linux 6.3)."""


def program(words, *, port="0"):
    """Return a command as this environment has it, on a free port and on the loopback."""
    folder = sysconfig.get_path("scripts")
    own = {"jwt-auth": f"{folder}/jwt-auth", "python": sys.executable, "8000": port, "0.0.0.0": "127.0.0.1"}
    return [own.get(word, word) for word in words]


@pytest.fixture
def settings(postgres_url, redis_url):
    """Return what `compose.yaml` gives a container, with the stores of the tests."""
    return {
        "JWT_KEY": "a secret of the deployment with forty-odd bytes",
        "ENCRYPTION_KEYS": "a key that encrypts and has forty-odd bytes",
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": "https://auth.example.com",
        "TRUSTED_PROXY_COUNT": "1",
    }


@pytest.mark.parametrize("place", commands())
def test_each_place_migrates_and_serves_alike(place):
    """So that what is run here is what runs there; the host is what differs."""
    migrate, serve = commands()[place]
    assert tuple(migrate) == MIGRATE
    assert tuple(serve[:3]) == SERVE
    assert tuple(serve[4:]) == ("--port", "8000")


@pytest.mark.servers
def test_it_migrates_serves_and_is_healthy(settings, tmp_path):
    """In a folder that is left empty, with memory that is never both written and executed."""
    ran = program(dockerfile("CMD"))
    migrate = program(MIGRATE)
    done = subprocess.run(
        migrate,
        cwd=tmp_path,
        env=environment(settings),
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with process([sys.executable, "-c", STRICTLY, *ran], directory=tmp_path, env=settings) as origin:
        with httpx.Client(base_url=origin) as client:
            assert {client.get(path).status_code for path in probes()} == {200}
        check = dockerfile("HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD")
        check = program([word.replace("http://127.0.0.1:8000", origin) for word in check])
        subprocess.run(check, check=True, timeout=60, cwd=tmp_path)
    assert list(Path(tmp_path).iterdir()) == []


STRICTLY = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl{NO_NEW_CODE}
os.execv(sys.argv[1], sys.argv[1:])
"""
