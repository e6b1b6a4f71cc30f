"""The types say what they should: right code passes both checkers, and wrong code does not."""

import subprocess
import sys

import pytest

from tests.house.sources import PACKAGES, ROOT, files

SNIPPETS = ROOT / "tests" / "typing"
HEADER = "# pyright: strict, reportUnnecessaryTypeIgnoreComment=true"


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_snippets_type_check(checker):
    """Every line of tests/typing is accepted, or refused where an ignore comment says so."""
    command = [sys.executable, "-m", checker, str(SNIPPETS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", files("tests/typing"), ids=lambda path: path.stem)
def test_a_snippet_expects_its_refusals(path):
    """Each snippet asks pyright to complain of an ignore comment that ignores nothing (mypy does so)."""
    assert path.read_text("utf-8").splitlines()[0] == HEADER


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_declares_its_types(package):
    """Each package carries the marker of PEP 561."""
    assert (ROOT / package / "py.typed").is_file()
