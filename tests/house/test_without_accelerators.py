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
    "tests/contracts/": "valkey",  # the stores in Redis
    "tests/end_to_end/test_flow.py": "test_flow",  # an application on a server
}
# What is slow there runs the examples, in processes of their own, which have the accelerators.
WORDS = ["-p", "tests.plain", "-v", "-x", "-p", "no:cacheprovider", "-m", "not slow"]


@pytest.mark.slow
@pytest.mark.servers
def test_the_suites_pass_without_accelerators(postgres_server, redis_server):
    """Neither msgspec, PyNaCl, awscrt nor hiredis, uvloop or httptools decides a verdict."""  # SUP-1
    # On the servers of this run, but not as one of its workers.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *WORDS, *SUITES, "-k", " or ".join(SUITES.values())],
        cwd=ROOT,
        env={**env, "TEST_DATABASE_URL": postgres_server, "TEST_REDIS_URL": redis_server},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert all(f"\n{suite}" in done.stdout for suite in SUITES)


@pytest.mark.parametrize("name", ACCELERATORS)
def test_an_accelerator_is_installed_here(name):
    """The other runs of the suites have them."""
    assert importlib.import_module(name)
