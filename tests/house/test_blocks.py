"""Every code block of the papers is run by a test that ``blocks.txt`` names, or has its reason there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.blocks import Block, all_blocks, papers
from tests.house.sources import ROOT, functions, place

TABLE = ROOT / "tests" / "house" / "blocks.txt"
NOT_RUN = "not run: "


@dataclass(frozen=True, slots=True)
class Row:
    """Says who runs the blocks of a page and kind which have a text in them."""

    page: str
    kind: str
    word: str
    by: str

    def names(self, one: Block) -> bool:
        """Tell whether a block is meant."""
        return (one.page, one.kind) == (self.page, self.kind) and self.word in one.text


def rows() -> list[Row]:
    """Return the lines of the table; a bar inside a text stands behind a backslash."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    cells = [[cell.strip() for cell in line.replace(r"\|", "\0").split("|")] for line in lines]
    return [Row(page, kind, word.replace("\0", "|"), by) for page, kind, word, by in cells]


ROWS, BLOCKS = rows(), all_blocks()


def first(one: Block) -> Row | None:
    """Return the first line that names a block."""
    return next((row for row in ROWS if row.names(one)), None)


def test_every_fence_is_read():
    """What opens is closed, by three backticks: no block goes unseen."""
    fences = {place(path): path.read_text("utf-8").count("```") for path in papers()}
    read = {page: 2 * sum(one.page == page for one in BLOCKS) for page in fences}
    assert fences == read
    assert not [page for page in papers() if "~~~" in page.read_text("utf-8")]


def test_every_block_is_run_or_says_why_not():
    """A new one needs a test that runs it, and its line in the table."""
    assert [str(one) for one in BLOCKS if first(one) is None] == []


def test_every_line_names_a_block():
    """One that names none is about a block that is gone."""
    used = {first(one) for one in BLOCKS}
    assert [row for row in ROWS if row not in used] == []


@pytest.mark.parametrize("row", [row for row in ROWS if not row.by.startswith(NOT_RUN)], ids=str)
def test_the_test_is_there(row):
    """By its name, in a file that speaks of the page, of all pages, or of what prints such lines."""
    file, _, name = row.by.partition("::")
    assert name in {function.name for function in functions(ROOT / file)}
    text = (ROOT / file).read_text("utf-8")
    speaks = row.page.partition("/")[2] or row.page
    assert any(word in text for word in (speaks, "all_blocks()", "PAPERS", "tests.house.profiles"))


def test_a_reason_is_told():
    """In words; what draws or takes an hour is not run, and nothing else."""
    reasons = [row.by.removeprefix(NOT_RUN) for row in ROWS if row.by.startswith(NOT_RUN)]
    assert all(len(reason.split()) >= 4 for reason in reasons)
    assert len(reasons) <= 5
