"""The example's own tests, as a user's pytest runs them: with the plugin, and nothing of this suite's."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.examples.serving import SETTINGS
from tests.house.sources import ROOT

FIXTURES = ("auth", "auth_clock", "auth_events", "auth_headers", "auth_mail")


def run(tmp_path, *words):
    """Run pytest in a process of its own, without settings in the environment; return what it said."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n    ignore:Using `httpx` with\n")
    given = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    plugins = ("-p", "jwt_auth_asgi.pytest_plugin", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(tmp_path / "pytest.ini"), *plugins, *words],
        cwd=ROOT,
        env={**given, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def test_the_examples_tests_pass(tmp_path, more):
    """One after another, and in parallel processes."""
    said = run(tmp_path, *more, "examples/tests", "--basetemp", str(tmp_path / "base"))
    assert re.search(r"^=+ 11 passed in ", said, re.MULTILINE), said


def test_every_fixture_is_explained(tmp_path):
    """`pytest --fixtures` says what each is for."""
    said = run(tmp_path, "--fixtures", "-v", "examples/tests/test_routes.py")
    assert [name for name in FIXTURES if not re.search(rf"^{name} .*\n    [A-Z]", said, re.MULTILINE)] == []


def test_every_fixture_is_shown():
    """Each is used in the example's tests."""
    text = "".join(path.read_text("utf-8") for path in (ROOT / "examples" / "tests").glob("*.py"))
    assert [name for name in FIXTURES if not re.search(rf"\bdef .*\b{name}\b", text)] == []
