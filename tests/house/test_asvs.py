"""docs/asvs.md: each test that it names exists, and no row of the chapters that it has whole is missing."""

import re

import pytest

from tests.house.sources import ROOT, functions

PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| (V[\d.]+) \| (\S+) \| (.+) \|$", PAGE, re.MULTILINE)
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has.
SECTIONS = {
    "V6": {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    "V7": {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    "V8": {1: 2, 2: 3, 3: 1, 4: 1},
    "V9": {1: 3, 2: 4},
    "V10": {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", PAGE))))
def test_each_named_test_exists(name):
    """It stands in the file that the page says."""
    path, _, function = name.partition("::")
    assert function in {one.name for one in functions(ROOT / "tests" / path)}


@pytest.mark.parametrize("chapter", SECTIONS)
def test_a_whole_chapter_is_whole(chapter):
    """Each requirement of levels 1 and 2 has one row, in their order."""
    wanted = [f"{chapter}.{part}.{n}" for part, most in SECTIONS[chapter].items() for n in range(1, most + 1)]
    assert [name for name, *_ in ROWS if name.startswith(f"{chapter}.")] == wanted


def test_each_row_says_by_what():
    """What is documented names a page; no other words are used, and no row comes twice."""
    words = {"held", "documented", "yours", "partly", "no", "-"}
    assert {word for _, word, _ in ROWS} == words
    assert len({name for name, *_ in ROWS}) == len(ROWS) == len(re.findall(r"^\| V", PAGE, re.MULTILINE))
    bare = [name for name, word, by in ROWS if word == "documented" and "](" not in by]
    assert bare == []
