"""The code blocks of the papers, as a reader copies them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.sources import ROOT, place

_BLOCK = re.compile(r"^([ \t]*)```([^\n`]*)\n(.*?)^\1```[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences; its kind is the word behind the first one."""

    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        """Return where it is, and how it begins."""
        return f"{self.page}:{self.line} {self.kind or 'no kind'}: {self.text.partition(chr(10))[0]}"


def papers() -> list[Path]:
    """Return every page that people read, but the changelog."""
    found = [*ROOT.glob("*.md"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*.md"))]
    return sorted(path for path in found if path.name != "CHANGELOG.md")


FOLDERS = ("docs", "examples", "benchmarks", "findings")


@cache
def blocks(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page, from top to bottom."""
    text = (ROOT / page).read_text("utf-8")
    return tuple(
        Block(page, text.count("\n", 0, found.start()) + 1, found[2], found[3])
        for found in _BLOCK.finditer(text)
    )


def block(page: str, kind: str, word: str = "") -> str:
    """Return the text of the one block of that kind which has a word."""
    (found,) = [one.text for one in blocks(page) if one.kind == kind and word in one.text]
    return found


def all_blocks() -> list[Block]:
    """Return the blocks of all papers."""
    return [one for path in papers() for one in blocks(place(path))]
