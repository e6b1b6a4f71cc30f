"""The figures of docs/reliability.md: counted as they say, and of the tests that there are."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import asdict, replace

import httpx
import pytest

from tests.faults.figures import Figures, Measured
from tests.faults.report import PAGE, page, read
from tests.house.sources import ROOT, files, tree

ONE = Figures(
    "F-01", "a kill", "t", requests=5, refused=1, cut=0, lost=0, ended=0, logouts=0, recovered_seconds=None
)


def answered(measured: Measured, status: int, path: str = "/auth/refresh") -> None:
    """Have a request asked and answered."""
    request = httpx.Request("POST", f"https://example.com{path}")
    measured.asked(request)
    measured.heard(httpx.Response(status, request=request))


def test_what_is_counted():
    """Refusals, what is lost with an answer or without one, and refreshes beyond those that must end."""
    measured = Measured(ended=1)
    for status in (200, 503, 500, 401, 401):
        answered(measured, status)
    answered(measured, 401, "/auth/me")
    measured.asked(httpx.Request("POST", "https://example.com/auth/refresh"))
    counted = measured.figures("F-01", "a kill", "t")
    assert counted == replace(ONE, requests=7, lost=2, ended=1, logouts=1)


def test_the_time_until_somebody_is_served():
    """Of the first answer that succeeds after the end of the fault; nobody counts before it."""
    measured = Measured()
    answered(measured, 200)
    assert measured.recovered_seconds is None
    measured.healed()
    answered(measured, 503)
    assert measured.recovered_seconds is None
    answered(measured, 200)
    first = measured.recovered_seconds
    answered(measured, 200)
    assert first is not None
    assert measured.recovered_seconds == first >= 0


@pytest.mark.parametrize(("times", "longest"), [((None, 0.5), "0.50 s"), ((0.25, 0.125), "0.25 s")])
def test_what_is_brought_about_twice_is_one_row(tmp_path, times, longest):
    """Its numbers are sums, its time the longer one."""
    lines = [json.dumps(asdict(replace(ONE, recovered_seconds=one))) for one in times]
    (tmp_path / "figures").write_text("\n".join(lines))
    text = page(read(tmp_path / "figures"), machine="none")
    assert f"| F-01 | a kill | 10 | 2 | 0 | 0 | 0 | 0 | {longest} |\n" in text


def test_a_fault_without_figures_is_listed_as_such():
    """With the files of tests that name it; all 32 are on the page."""
    text = page([ONE], machine="none")
    rest = text.partition("## Tested without figures")[2]
    assert "| F-01 " not in rest
    assert re.findall(r"^\| (F-\d\d) \|", rest, re.MULTILINE) == [f"F-{n:02}" for n in range(2, 33)]
    assert "`tests/faults/test_redis_restarts.py`" in rest


def test_the_page_is_of_the_tests_that_there_are():
    """Each fault that a test brings about has its row, and no row is of a test that is gone."""
    shown = set(re.findall(r"^\| (F-\d\d) \| (.+?) \| \d+ \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert shown == {mark for path in files("tests") if path.name != "figures.py" for mark in marks(path)}


def marks(path) -> set[tuple[str, str]]:
    """Return the faults that the tests of a file bring about."""
    if "mark.fault(" not in path.read_text("utf-8"):
        return set()
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    found = [call for call in calls if ast.unparse(call.func) == "pytest.mark.fault"]
    return {(call.args[0].value, call.args[1].value) for call in found}


def test_nobody_was_lost_or_logged_out():
    """On the page as it stands."""
    rows = re.findall(
        r"^\| F-\d\d \| .+? \| \d+ \| \d+ \| \d+ \| (-?\d+) \| \d+ \| (-?\d+) \|",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
    assert rows
    assert set(rows) == {("0", "0")}
    assert PAGE.parent == ROOT / "docs"
