"""docs/testing.md: its code runs, and does what the page says."""

import re

import pytest
from starlette.testclient import TestClient

from jwt_auth_asgi import pytest_plugin
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
    blocks = "\n".join(block for block in BLOCKS if "fixture" not in block and "auth_clock" not in block)
    exec(compile(blocks, "docs/testing.md", "exec", dont_inherit=True), names)  # noqa: S102 - our own page
    return names


def test_the_tests_on_the_page_pass(names):
    """Each of them, as pytest would run it."""
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 4
    for test in tests:
        test()


def test_the_tests_with_fixtures_are_those_of_the_examples():
    """What they show is run there."""
    shown = "".join(path.read_text("utf-8") for path in (ROOT / "examples" / "tests").glob("test_*.py"))
    for name in re.findall(r"def (test_\w+)\(.*auth_clock", PAGE):
        assert f"def {name}(" in shown


def test_the_table_has_every_fixture_and_no_other():
    """In the words of the plugin."""
    found = {
        name for name, one in vars(pytest_plugin).items() if type(one).__name__ == "FixtureFunctionDefinition"
    }
    assert set(re.findall(r"^\| `(auth\w*)` \|", PAGE, re.MULTILINE)) == found
