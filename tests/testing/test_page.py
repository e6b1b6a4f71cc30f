"""docs/testing.md: its code runs, and does what the page says."""

import re

import pytest
from starlette.testclient import TestClient

from tests.house.sources import ROOT
from tests.testing.notes import application, tokens

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
# Starlette's test client warns that it likes a newer httpx better.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with")


@pytest.fixture
def names():
    """Return what the page's code defines, with an application and a client in scope."""
    app = application()
    names: dict[str, object] = {"auth": tokens, "app": app, "client": TestClient(app)}
    exec(compile("\n".join(BLOCKS), "docs/testing.md", "exec", dont_inherit=True), names)  # noqa: S102 - our own page
    return names


def test_the_tests_on_the_page_pass(names):
    """Each of them, as pytest would run it."""
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 4
    for test in tests:
        test()
