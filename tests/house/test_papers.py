"""The papers beside the code: their links lead somewhere, their commands exist."""

import re

import pytest

from tests.house.sources import ROOT

PAPERS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
TARGET = re.compile(r"^([a-z-]+):.*?## ", re.MULTILINE)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_to_files(paper):
    """Each relative link of a paper names a file of the repository."""
    links = LINK.findall(paper.read_text("utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_make_targets_exist(paper):
    """Each ``make`` command in a paper is one of the Makefile's."""
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", paper.read_text("utf-8"), re.MULTILINE)) <= targets


def test_every_target_says_what_it_does():
    """`make help` lists every target that is not a file."""
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert phony == set(TARGET.findall(text))


def test_the_changelog_begins_with_what_is_unreleased():
    """The first section of the changelog is the next release's."""
    sections = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert sections[0] == "[Unreleased]"


def test_the_script_of_the_integration_can_run():
    """``.ci/run`` is an executable bash script."""
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
