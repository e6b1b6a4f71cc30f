"""The pytest plugin: found where the distribution is installed, silent where nobody asks for it."""

import os
import subprocess
import sys
import tomllib

from tests.house.sources import ROOT

OVERRIDDEN = """
import pytest
from jwt_auth_core import AccessTokens, KeyRing

@pytest.fixture(scope="session")
def auth():
    return AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))

def test_headers_are_signed_by_it(auth, auth_headers):
    token = auth_headers(subject="ada")["authorization"].removeprefix("Bearer ")
    assert auth.verify(token).subject == "ada"

def test_it_has_no_events(request):
    with pytest.raises(TypeError, match="not of an AccessTokens"):
        request.getfixturevalue("auth_events")
"""
SILENT = """
import sys

def test_nothing_is_loaded():
    ours = [name for name in sys.modules if name.startswith("jwt_auth")]
    assert ours == ["jwt_auth_asgi", "jwt_auth_asgi.pytest_plugin"]
"""


def run(folder, text):
    """Run pytest with the plugin on one file; return what it said."""
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = ["-m", "pytest", "-p", "jwt_auth_asgi.pytest_plugin", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_a_fixture_of_the_users_takes_the_place_of_auth(tmp_path):
    """Whatever its scope; the other fixtures go by it."""
    assert "2 passed" in run(tmp_path, OVERRIDDEN)


def test_who_asks_for_nothing_loads_nothing(tmp_path):
    """Each start of pytest, in every project of the environment, pays for a list of names."""
    said = run(tmp_path, SILENT)
    assert "1 passed" in said, said


def test_pytest_finds_it():
    """By the entry point of the distribution."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"jwt-auth": "jwt_auth_asgi.pytest_plugin"}


def test_its_fixtures_are_those_of_the_page(auth, auth_clock, auth_events, auth_headers):
    """In this suite too, where the distribution is installed."""
    auth_clock.shift(minutes=-16)
    headers = auth_headers()
    auth_clock.shift(minutes=1)
    assert auth.tokens.verify(headers["authorization"].removeprefix("Bearer "))
    assert auth_events == []
