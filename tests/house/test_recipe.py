"""The recipe of a capability in docs/capability.diff: it applies to this code, and what it adds works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

RECIPE = ROOT / "docs" / "capability.diff"
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "var", "build", "dist", "*.egg-info")
HOUSE = ("drawing", "errors", "executors", "features", "floors", "readme", "routes", "settings", "words")
TESTS = ["tests/nicknames", *(f"tests/house/test_{name}.py" for name in HOUSE)]


def run(*command, cwd):
    """Run a command in a folder; return what it said when it failed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout[-4000:] + done.stderr[-4000:] if done.returncode else ""


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the repository to which the recipe was applied."""
    shutil.copytree(ROOT, tmp_path / "copy", ignore=NOT_COPIED)
    # When this fails: `git apply --reject` in a clone, mend what was rejected, `git diff -U1` makes it anew.
    assert run("git", "apply", "-C1", str(RECIPE), cwd=tmp_path / "copy") == ""
    return tmp_path / "copy"


def test_the_recipe_applies(copy):
    """Each of its lines has its place: a table, a room, a group, a route, a command, pages and tests."""
    added = {str(path.relative_to(copy)) for path in copy.rglob("*nickname*")}
    for folder in ("jwt_auth_core", "jwt_auth_core/flows", "jwt_auth_asgi/features", "jwt_auth_asgi/cli"):
        assert {f"{folder}/nicknames", f"{folder}/nicknames.py"} & added
    assert {"docs/nicknames.md", "tests/nicknames/test_nicknames.py"} <= added


@pytest.mark.slow
def test_what_the_recipe_adds_works(copy):
    """Its own tests pass, and those of the house, which ask for every line that a capability needs."""
    assert run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, cwd=copy) == ""
    assert run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache", cwd=copy) == ""
