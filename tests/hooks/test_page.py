"""docs/hooks.md says what is so: its examples run, its hooks are there."""

import re

import pytest

from jwt_auth_core.flows.hooks.hooks import BEFORE_LOGIN, BEFORE_REGISTER, CLAIMS_FOR, ON_UNKNOWN_HASH
from jwt_auth_core.hooks.bounded import DEADLINE_SECONDS, MOST
from jwt_auth_core.vocabulary import Secret
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "hooks.md").read_text("utf-8")
MD5 = "md5$5f4dcc3b5aa765d61d8327deb882cf99"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Run the page's code from top to bottom, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", "a key that only the tests of the page know")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)  # noqa: S102 - the page's own code
    yield names
    names["auth"].close()


def test_the_examples_run(page):
    """Each function is registered at its place."""
    hooks = page["auth"].hooks
    assert (hooks.registration, hooks.claims) == (page["invited_only"], page["plans"])
    assert hooks.check_of(MD5)(Secret("password"))


def test_the_table_has_each_hook():
    """In their order."""
    rows = re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)
    assert rows == [BEFORE_REGISTER, BEFORE_LOGIN, CLAIMS_FOR, ON_UNKNOWN_HASH]


def test_the_figures_are_those_of_the_code():
    """Two seconds, four threads."""
    assert (DEADLINE_SECONDS, MOST) == (2, 4)
    assert ("two seconds" in PAGE, "four threads" in PAGE) == (True, True)
