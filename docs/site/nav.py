"""The pages of the site in their order: what ``nav.toml`` says, and whatever it does not name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAV = Path(__file__).with_name("nav.toml")
PAPERS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the site: its title, and the names of its pages without their suffix."""

    title: str
    pages: tuple[str, ...]


def papers() -> dict[str, Path]:
    """Return the files that become pages, by the name of the page."""
    found = [*(ROOT / name for name in PAPERS), *sorted((ROOT / "docs").glob("*.md"))]
    return {path.stem: path for path in found}


def sections() -> tuple[Section, ...]:
    """Return the parts of the site; pages that are named nowhere stand in the one that takes the rest."""
    listed = tomllib.loads(NAV.read_text("utf-8"))["section"]
    named = {page for one in listed for page in one["pages"]}
    rest = tuple(page for page in papers() if page not in named)
    return tuple(Section(one["title"], (*one["pages"], *_rest(one, rest))) for one in listed)


def _rest(one: dict[str, object], rest: tuple[str, ...]) -> Iterator[str]:
    if one.get("rest"):
        yield from rest
