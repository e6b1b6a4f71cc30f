"""Applications that come and go in one process leave nothing of size behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FEW_MIB = 10  # half of what one hash is computed in


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process holds")
@pytest.mark.parametrize("ending", ["close", "drop"])
def test_fifty_applications_weigh_what_ten_do(ending, tmp_path):
    """Started, logged in to and closed, or only dropped: memory, threads and descriptors stay flat."""
    command = [sys.executable, "-m", "tests.end_to_end.lives", ending, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ten, fifty = json.loads(done.stdout)
    assert fifty["memory"] - ten["memory"] < FEW_MIB
    assert fifty["threads"] <= ten["threads"]
    assert fifty["descriptors"] <= ten["descriptors"]
