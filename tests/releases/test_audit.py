"""`make audit`: a finding is an error, silence is none and is said."""

import json
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.fixture
def audited(tmp_path):
    """Return what runs the script with a tool that answers as it is told."""

    def run(*, packages=None, error="", status=0):
        tool = tmp_path / "pip-audit"
        answer = json.dumps({"dependencies": packages}) if packages is not None else None
        tool.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"if {answer!r}: open(sys.argv[sys.argv.index('--output') + 1], 'w').write({answer!r})\n"
            f"sys.stderr.write({error!r})\nsys.exit({status})\n"
        )
        tool.chmod(0o755)
        words = [sys.executable, str(ROOT / ".ci" / "audit.py"), str(tool)]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    return run


def test_a_finding_is_an_error(audited):
    """Each package is named with what is known of it."""
    done = audited(packages=[GOOD, BAD, UNKNOWN], status=1)
    assert (done.returncode, done.stderr) == (1, "")
    assert "audit: b 2: PYSEC-1, PYSEC-2\n" in done.stdout


def test_what_was_asked_about_is_said(audited):
    """And what the index does not know."""
    done = audited(packages=[GOOD, UNKNOWN])
    said = "audit: 1 packages, 0 with findings; 1 unknown to the index\n"
    assert (done.returncode, done.stdout) == (0, said)


@pytest.mark.parametrize(
    ("packages", "error", "status"),
    [([UNKNOWN], "", 0), (None, "requests.exceptions.ProxyError: Max retries exceeded", 1)],
)
def test_an_index_that_says_nothing_is_no_error(audited, packages, error, status):
    """Nor is it taken for a clean answer."""
    done = audited(packages=packages, error=error, status=status)
    assert done.returncode == 0
    assert done.stdout.startswith("audit: NOT DONE")


def test_a_tool_that_fails_is_an_error(audited):
    """Whatever is not the network."""
    done = audited(error="TypeError: oops", status=3)
    assert (done.returncode, done.stderr) == (3, "audit: pip-audit failed: TypeError: oops\n")
