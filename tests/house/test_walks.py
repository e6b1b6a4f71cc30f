"""The walks through the code in docs/walks.md: what they name is what a request enters."""

import importlib.util
import re
import subprocess
import sys

import pytest

from tests.house.sources import ROOT
from tests.house.walks import PAGE, TO_READ

MOST_TO_READ = {"login": 6, "new token": 5, "known token": 4}


@pytest.mark.skipif(importlib.util.find_spec("msgspec") is None, reason="the page is of a run with msgspec")
def test_the_page_of_walks_is_what_was_walked():
    """docs/walks.md is as ``python -m tests.house.walks`` writes it: do so when this fails."""
    command = [sys.executable, "-m", "tests.house.walks", "--show"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert PAGE.read_text("utf-8") == shown.removesuffix("\n")


@pytest.mark.parametrize("name", TO_READ)
def test_a_walk_is_understood_by_a_few_files(name):
    """So many are enough: a newcomer reads them in an hour."""
    assert len(TO_READ[name]) <= MOST_TO_READ[name]


def test_what_is_to_be_read_is_on_the_way():
    """Every file that is named for understanding is entered by that walk."""
    sections = PAGE.read_text("utf-8").split("\n## ")[1:]
    bold = [set(re.findall(r"\*\*`(.+?)`\*\*", section)) for section in sections]
    assert bold == [set(paths) for paths in TO_READ.values()]
