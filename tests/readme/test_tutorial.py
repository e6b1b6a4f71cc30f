"""docs/tutorial.md: its blocks run from top to bottom, and say what the page says that they do."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.serving import ROOT, environment, process

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(python|bash)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
BASH = [text for language, text in BLOCKS if language == "bash"]
ORIGIN = "http://127.0.0.1:8000"
SERVE, FIRST, REFRESH, NOTES, ROLES, TESTS = BASH


def user() -> dict[str, str]:
    """Return the environment of a reader whose shell has the package's commands and this page's Python."""
    commands = str(Path(sys.executable).parent)
    return environment({"PATH": os.pathsep.join([commands, os.environ["PATH"]])})


def shell(script: str, directory: Path) -> str:
    """Run commands in a folder, as the reader types them; return what they print."""
    words = ["bash", "-euc", script]
    done = subprocess.run(
        words, cwd=directory, env=user(), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def served(directory: Path, application: str):
    """Write the application and serve it by the page's command, on a free port."""
    (directory / "app.py").write_text(application)
    return process([*shlex.split(SERVE), "--port", "0"], directory=directory, env=user())


def test_the_tutorial_works(tmp_path):
    """Register, log in and refresh; notes; a role; the tests of the application."""
    hello, notes, everybody, tests = PYTHON
    with served(tmp_path, hello) as origin:
        said = shell(FIRST.replace(ORIGIN, origin), tmp_path)
        assert re.search(r'"status":401.*"user created".*\{"hello":"[0-9a-f-]{36}"\}$', said, re.DOTALL)
        assert '"access_token"' in shell(REFRESH.replace(ORIGIN, origin), tmp_path)
    with served(tmp_path, hello + notes + everybody) as origin:
        note = '{"text":"the engine might compose music"}'
        assert shell(NOTES.replace(ORIGIN, origin), tmp_path) == f"{note}[{note}]"
        ask = "TOKEN=$(" + NOTES.partition("TOKEN=$(")[2].partition(")\n")[0] + ")\n"
        ask = ask.replace(ORIGIN, origin) + f'curl -s {origin}/notes/all -H "Authorization: Bearer $TOKEN"'
        assert '"status":403' in shell(ask, tmp_path)
        shell(ROLES, tmp_path)
        assert shell(ask, tmp_path) == f"[{note}]"
    (tmp_path / "test_app.py").write_text(tests)
    assert "2 passed" in shell(TESTS, tmp_path)
