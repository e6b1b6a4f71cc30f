"""The report of faults. ``python -m tests.faults.report`` writes ``docs/reliability.md``.

It runs the tests that count; the page has no figure that was not counted in that run.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults.figures import FILE, Figures
from tests.house.requirements import PAGE as REQUIREMENTS
from tests.house.requirements import ROW
from tests.house.sources import ROOT, files

PAGE = ROOT / "docs" / "reliability.md"
_OTHERS = re.compile(r"\n## (?!Tested without)")
_ID = re.compile(r"\bF-\d\d\b")
PLACES = ("tests/faults", "tests/deployment", "tests/end_to_end", "tests/soak")

HEAD = """# Reliability

What happens to the people who use a site while something fails: each fault of
[requirements.md](requirements.md) (F-01 to F-32) that a test brings about on real servers, and what its
visitors counted. `python -m tests.faults.report` runs those tests and writes this page; nothing here is
written by hand. This run: {machine}.

* **Refused**: answered 503 with `Retry-After`; the cookie is untouched, and the next try may be served. Of
  requests that are broken (F-31): answered 4xx.
* **Cut**: not answered because the fault itself took the connection: its worker was killed, or its client
  left. The test holds what became of it: it was done or not done, never half, and the next try is served.
* **Lost**: not answered beyond those, or answered by another error of the server's.
* **Ended**: refreshes that had to be refused, as the test says: of a thief, of who had logged out, of a
  session that the fault itself took along.
* **Logouts**: refreshes that were refused beyond those: spurious ones.
* **Served**: seconds from when the store answers again to the first answer that succeeds; – where the
  test notes no such moment.

| fault | how it is brought about | requests | refused | cut | lost | ended | logouts | served |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""
REST = """
## Tested without figures

These are held by tests, too, which count no requests of visitors: what they hold stands in their sentences.

| fault | what | tests |
| --- | --- | --- |
"""


def run(place: Path) -> int:
    """Run the tests that count; return pytest's status."""
    command = [sys.executable, "-m", "pytest", *PLACES, "-m", "fault", "-n", "0", "-q"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, FILE: str(place)}, check=False).returncode


def read(place: Path) -> list[Figures]:
    """Return what was counted, by the fault; what was brought about several times is one."""
    found: dict[tuple[str, str], Figures] = {}
    for line in place.read_text("utf-8").splitlines():
        one = Figures(**json.loads(line))
        key = one.fault, one.injected
        found[key] = found[key].with_another(one) if key in found else one
    return [found[key] for key in sorted(found)]


def page(figures: Sequence[Figures], *, machine: str) -> str:
    """Return the whole page."""
    counted = {one.fault for one in figures}
    rows = [_row(one) for one in figures]
    held = _held()
    others = [_other(name, what, held.get(name, [])) for name, what in _faults() if name not in counted]
    rest = REST + "".join(others) if others else ""
    return HEAD.format(machine=machine) + "".join(rows) + rest


def _faults() -> Iterable[tuple[str, str]]:
    rows = ROW.findall(REQUIREMENTS.read_text("utf-8"))
    return [(name, what) for name, what, _, _ in rows if name.startswith("F-")]


def _row(one: Figures) -> str:
    after = "–" if one.recovered_seconds is None else f"{one.recovered_seconds:.2f} s"
    numbers = (one.requests, one.refused, one.cut, one.lost, one.ended, one.logouts, after)
    return f"| {one.fault} | {one.injected} | {' | '.join(map(str, numbers))} |\n"


def _held() -> dict[str, list[str]]:
    """Return which test files name a fault in a comment."""
    found: dict[str, list[str]] = {}
    for path in files("tests"):
        for name in sorted({name for line in _comments(path) for name in _ID.findall(line)}):
            found.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    return found


def _comments(path: Path) -> list[str]:
    """Return what stands behind the signs of comments; no test has one inside a text with such a name."""
    return [line.partition("# ")[2] for line in path.read_text("utf-8").splitlines() if "# " in line]


def _other(name: str, what: str, places: Sequence[str]) -> str:
    return f"| {name} | {what} | {', '.join(f'`{place}`' for place in sorted(places)[:4]) or 'none'} |\n"


def others(text: str) -> str:
    """Return the sections of a page that others write."""
    found = _OTHERS.search(text)
    return text[found.start() :] if found else ""


def with_section(text: str, heading: str, section: str) -> str:
    """Return a page with a section in the place of the one that has the heading, or at the end."""
    before, _, rest = text.partition(heading + "\n")
    _, mark, after = rest.partition("\n## ")
    return f"{before.rstrip()}\n\n{section.rstrip()}\n" + (f"\n## {after}" if mark else "")


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"


def main() -> int:
    """Run, and write the page where all is well."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "figures.jsonl"
        place.touch()
        status = run(place)
        if status == 0:
            PAGE.write_text(page(read(place), machine=_machine()) + others(PAGE.read_text("utf-8")), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
