"""``python -m tests.soak [SECONDS]``: soak each storage world so long; write its section of the page."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.report import PAGE, with_section
from tests.house.sources import ROOT
from tests.soak.figures import FILE, HEADING, read, section
from tests.soak.flat import FREE_BYTES, FREE_DESCRIPTORS

COMMAND = (sys.executable, "-m", "pytest", "tests/soak/test_soak.py", "-n", "0", "-q", "--show-capture=no")
UNHURRIED = ("-o", "faulthandler_timeout=0")  # it is long, and hangs in nothing


def main(seconds: str = "60") -> int:
    """Run; write the section where all is well. Return pytest's status."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "soak.jsonl"
        place.touch()
        variables = {**os.environ, FILE: str(place), "SOAK_SECONDS": seconds}
        status = subprocess.run((*COMMAND, *UNHURRIED), cwd=ROOT, env=variables, check=False).returncode
        text = section(read(place), mebibytes=FREE_BYTES >> 20, descriptors=FREE_DESCRIPTORS)
    print(text)  # noqa: T201 - what was counted, also where it failed
    if status == 0:
        PAGE.write_text(with_section(PAGE.read_text("utf-8"), HEADING, text), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
