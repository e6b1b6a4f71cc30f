"""Each requirement that holds now is named by a test, and each id that is named exists."""

import re

from tests.house import requirements
from tests.house.sources import FOLDERS, ROOT, files, place

PAPERS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *files(*FOLDERS)})
FAMILIES = {name.rpartition("-")[0] for name in requirements.listed()}


def test_every_requirement_is_named_by_a_test():
    """No id of the list that holds now is without a test."""
    assert requirements.missing() == []


def test_statuses_are_known():
    """Each id of the list is due now or later."""
    assert set(requirements.listed().values()) <= {"now", "later"}


def test_every_named_id_exists():
    """No code, test or paper names an id that the list does not have."""
    unknown = [
        (place(path), name)
        for path in PAPERS
        for name in sorted(set(requirements.ID.findall(path.read_text("utf-8"))))
        if name.rpartition("-")[0] in FAMILIES and name not in requirements.listed()
    ]
    assert unknown == []


def test_promises_hold_now():
    """What SECURITY.md promises is due now, not later."""
    promised = requirements.ID.findall((ROOT / "SECURITY.md").read_text("utf-8"))
    held = {name: status for name, status in requirements.listed().items() if name in promised}
    assert set(held.values()) == {"now"}


def test_every_id_stands_once():
    """No two rows of the page say what one id means."""
    text = requirements.PAGE.read_text("utf-8")
    ids = [name for name, *_ in requirements.ROW.findall(text)]
    assert len(set(ids)) == len(ids) == len(re.findall(r"^\| [A-Z]+-", text, re.MULTILINE))
