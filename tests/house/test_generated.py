"""How cases that are made up are counted for docs/reliability.md."""

from __future__ import annotations

import json

from tests.generated import HEADING, is_generating, section
from tests.house.sources import ROOT


def test_a_row_is_a_file():
    """With the sum of its tests; what sends requests comes first."""
    found = [
        ("Hypothesis", "tests/b.py", 3),
        ("Hypothesis", "tests/b.py", 4),
        ("Schemathesis", "tests/z.py", 5),
    ]
    text = section(map(json.dumps, found))
    assert text.startswith(HEADING + "\n")
    assert text.endswith(
        "| Schemathesis | `tests/z.py` | 5 |\n| Hypothesis | `tests/b.py` | 7 |\n| all | | 12 |\n"
    )


def test_every_file_that_runs_schemathesis_is_found():
    """Also one that borrows how."""
    names = (
        "auth_app/suite/test_schemathesis.py",
        "fastapi/test_schemathesis.py",
        "end_to_end/test_documents.py",
    )
    assert all(is_generating(ROOT / "tests" / name) for name in names)
    assert not is_generating(ROOT / "tests" / "house" / "test_generated.py")
