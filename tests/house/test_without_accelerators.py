"""What is faster with an accelerator is right without it: suites run again in which they take part.

That of the tokens runs with msgspec and without it in any case, see its conftest.
"""

import importlib
import os
import subprocess
import sys

import pytest

from tests.house.sources import ROOT
from tests.plain import ACCELERATORS

SUITES = {
    "stores in Redis": ["tests/contracts", "-k", "valkey"],
    "an application on a server": ["tests/end_to_end/test_flow.py"],
}


@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_passes_without_accelerators(suite):
    """Neither msgspec, PyNaCl nor hiredis, uvloop or httptools decides a verdict."""  # SUP-1
    words = ["-p", "tests.plain", "-q", "-x", "-p", "no:cacheprovider", *SUITES[suite]]
    # Not one of the workers of the run that this is a part of.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.parametrize("name", ACCELERATORS)
def test_an_accelerator_is_installed_here(name):
    """The other runs of the suites have them."""
    assert importlib.import_module(name)
