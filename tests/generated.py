"""How many cases Hypothesis and Schemathesis made up. ``python -m tests.generated`` writes their section.

Hypothesis leaves its statistics with each test; the tests that run Schemathesis call `count`. Where
``GENERATED_FILE`` names a file, one line of JSON goes there for each test that passed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.faults.report import PAGE, with_section
from tests.house.sources import ROOT, files

FILE, HEADING = "GENERATED_FILE", "## Generated requests and values"
SECTION = (
    HEADING
    + """

`python -m tests.generated [FILE ...]` runs the tests whose cases are made up, and writes this section, a row
for each file that it ran. Schemathesis sends requests that fit our OpenAPI documents and requests that do
not, alone and in sequences by the documents' links (its stateful phase); Hypothesis makes up values. No case
had an answer that is not documented, a 5xx, or broke a promise of its test.

| by | tests | cases |
| --- | --- | ---: |
"""
)
UNHURRIED = ("-o", "faulthandler_timeout=0")  # some make up a lot
_PASSING = re.compile(r"(\d+) passing,")
_IMPORTS = re.compile(r"^(?:from|import) (?:hypothesis|schemathesis)|import complaints$", re.MULTILINE)
_made: list[int] = []


def count(cases: int) -> None:
    """Add so many cases to those of the test that runs."""
    _made.append(cases)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note what a test made up."""
    _made.clear()
    yield
    passing = _PASSING.findall(getattr(item, "hypothesis_statistics", ""))
    for by, cases in (("Schemathesis", _made), ("Hypothesis", map(int, passing))):
        if total := sum(cases):
            item.user_properties.append((by, total))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write it down."""
    place = os.environ.get(FILE)
    if not place or report.when != "call" or not report.passed:
        return
    for by, cases in report.user_properties:
        if by in {"Schemathesis", "Hypothesis"}:
            with Path(place).open("a") as lines:
                lines.write(json.dumps([by, report.nodeid.partition("::")[0], cases]) + "\n")


def section(lines: Iterable[str]) -> str:
    """Return the section of the page, a row a file."""
    sums: dict[tuple[str, str], int] = {}
    for by, place, cases in map(json.loads, lines):
        sums[by, place] = sums.get((by, place), 0) + cases
    order = sorted(sums, key=lambda key: (key[0] != "Schemathesis", key[1]))
    rows = "".join(f"| {by} | `{place}` | {sums[by, place]} |\n" for by, place in order)
    return f"{SECTION}{rows}| all | | {sum(sums.values())} |\n"


def main(*only: str) -> int:
    """Run all such files, or those that are named; write the section where all is well."""
    places = only or [str(path) for path in files("tests") if is_generating(path)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "generated.jsonl"
        place.touch()
        command = [sys.executable, "-m", "pytest", *places, "-n", "0", "-q", "--show-capture=no", *UNHURRIED]
        status = subprocess.run(
            command, cwd=ROOT, env={**os.environ, FILE: str(place)}, check=False
        ).returncode
        if status == 0:
            text = section(place.read_text("utf-8").splitlines())
            PAGE.write_text(with_section(PAGE.read_text("utf-8"), HEADING, text), "utf-8")
    return status


def is_generating(path: Path) -> bool:
    """Tell whether a file of tests makes cases up."""
    return path.name.startswith("test_") and bool(_IMPORTS.search(path.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
