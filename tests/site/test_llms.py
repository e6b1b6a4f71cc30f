"""docs/llms.txt: every page in a line."""

import re
import runpy
import sys

import pytest

from tests.house.sources import ROOT


@pytest.fixture(scope="module")
def script():
    """Return the names of the script that writes it."""
    before, loaded = list(sys.path), set(sys.modules)
    yield runpy.run_path(str(ROOT / "docs" / "write_llms.py"))
    sys.path[:] = before
    for name in {"nav"} & (set(sys.modules) - loaded):
        del sys.modules[name]


def test_it_is_current(script):
    """docs/llms.txt is as ``python docs/write_llms.py`` writes it: run that when this fails."""
    assert script["TARGET"].read_text("utf-8") == script["text"]()


def test_it_names_every_page(script):
    """Each page of docs/ has a line, and each line a page and a sentence."""
    lines = re.findall(r"^- \[(.+)\]\((.+)\): (.+)$", script["text"](), re.MULTILINE)
    named = {place for _, place, _ in lines}
    assert {path.name for path in ROOT.glob("docs/*.md")} <= named
    assert [place for place in named if not (ROOT / "docs" / place).exists()] == []
