"""Which requirements the tests name. ``python -m tests.house.requirements`` lists what is missing."""

from __future__ import annotations

import re
import sys

from tests.house.sources import ROOT, comments, files

LIST = ROOT / "tests" / "house" / "requirements.txt"
ID = re.compile(r"\b[A-Z]+-\d+\b")


def listed() -> dict[str, str]:
    """Return each id of the list with its status, ``now`` or ``later``."""
    lines = [line for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [line.split() for line in lines]
    return dict(pairs)


def named() -> set[str]:
    """Return every id that a comment in a test file names."""
    return {name for path in files("tests") for text in comments(path) for name in ID.findall(text)}


def missing() -> list[str]:
    """Return the ids that hold now and that no test names."""
    held = named()
    return [name for name, status in listed().items() if status == "now" and name not in held]


if __name__ == "__main__":
    sys.stdout.write("\n".join(missing()) + "\n")
