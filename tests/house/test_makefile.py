"""What `make` installs, and when: on an interpreter that only notes how it was called."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.blocks import all_blocks
from tests.house.sources import ROOT, imported

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
EXAMPLE = re.search(r"^EXAMPLE = (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[1]
INTERPRETER = """#!/bin/sh
echo "$*" >> "$CALLS"
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "$3/bin" && for name in pip python jwt-auth; do cp "$0" "$3/bin/$name"; done
fi
"""


class Clone:
    """A clone in which nothing is installed yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calls = path / "calls"
        (path / "pyproject.toml").touch()
        interpreter = path / "interpreter"
        interpreter.write_text(INTERPRETER)
        interpreter.chmod(0o755)

    def make(self, target: str) -> str:
        """Make a target; return what make printed."""
        words = ["make", "-f", str(ROOT / "Makefile"), f"PYTHON={self.path}/interpreter", target]
        env = {"PATH": os.environ["PATH"], "CALLS": str(self.calls)}
        return subprocess.run(
            words, cwd=self.path, env=env, capture_output=True, text=True, check=True
        ).stdout

    def installed(self) -> list[str]:
        """Return what pip was asked for since the last time."""
        calls = self.calls.read_text().splitlines()
        self.calls.write_text("")
        return [call.partition("--editable ")[2] for call in calls if "--editable" in call]


@pytest.fixture
def clone(tmp_path):
    """Return a fresh clone."""
    return Clone(tmp_path)


def test_run_installs_what_the_example_needs(clone):
    """`make run` installs the example's extras once, and says so in one line."""
    said = clone.make("run")
    assert f"installing what the example needs into .venv: {EXAMPLE}\n" in said
    assert clone.installed() == [f".[{EXAMPLE}]"]
    assert "installing" not in clone.make("run")


def test_the_suite_installs_the_rest_behind_it(clone):
    """`make test` after `make run` adds the development group to the same environment."""
    clone.make("run")
    clone.installed()
    assert "installing every extra and the development group into .venv\n" in clone.make("test")
    assert "-m venv" not in clone.calls.read_text()
    assert clone.installed() == [". --group dev"]


def test_run_installs_nothing_behind_the_suite(clone):
    """The development group holds what the example needs."""
    clone.make("test")
    assert clone.installed() == [". --group dev"]
    assert "installing" not in clone.make("run")


def test_an_environment_that_was_not_finished_is_made_again(clone):
    """Without pip, which comes last, the environment is no environment."""
    clone.make("run")
    (clone.path / ".venv" / "bin" / "pip").unlink()
    (clone.path / ".venv" / ".example").unlink()
    clone.installed()
    clone.make("run")
    assert "-m venv .venv" in clone.calls.read_text()


def test_the_extras_of_the_example_bring_what_it_imports():
    """They are the project's, and not all of them."""
    assert set(EXAMPLE.split(",")) < set(EXTRAS) - {"all"}
    brought = " ".join(line for extra in EXAMPLE.split(",") for line in EXTRAS[extra]).replace("-", "_")
    names = {name.partition(".")[0] for name, _ in imported(ROOT / "examples" / "fastapi_app.py")}
    foreign = {name for name in names if not name.startswith("jwt_auth")} - {"pydantic"}  # FastAPI's own
    assert {name for name in foreign if name not in brought} == set()


def test_every_target_that_is_printed_is_one():
    """`make` knows what the papers call, and what it would run."""
    printed = {line for one in all_blocks() for line in re.findall(r"^make [a-z-]+", one.text, re.MULTILINE)}
    assert len(printed) >= 11
    for line in sorted(printed):
        command = [*line.split(), "--dry-run", "-f", str(ROOT / "Makefile")]
        assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
