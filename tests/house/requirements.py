"""Which requirements the tests name. ``python -m tests.house.requirements`` lists what is missing."""

from __future__ import annotations

import re
import sys

from tests.house.sources import ROOT, comments, files

PAGE = ROOT / "docs" / "requirements.md"
ID = re.compile(r"\b[A-Z]+-\d+\b")
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.+) \| (.+) \| (\w+) \|$", re.MULTILINE)


def listed() -> dict[str, str]:
    """Return each id of the page with its status, ``now`` or ``later``."""
    return {name: due for name, _, _, due in ROW.findall(PAGE.read_text("utf-8"))}


def named() -> set[str]:
    """Return every id that a comment in a test file names."""
    return {name for path in files("tests") for text in comments(path) for name in ID.findall(text)}


def missing() -> list[str]:
    """Return the ids that hold now and that no test names."""
    held = named()
    return [name for name, status in listed().items() if status == "now" and name not in held]


if __name__ == "__main__":
    sys.stdout.write("\n".join(missing()) + "\n")
