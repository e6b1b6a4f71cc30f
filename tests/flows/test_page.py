"""docs/sessions.md says what is so: its example runs, its limits are the settings' defaults."""

import re

from jwt_auth_core.settings import Settings
from tests.house.leaves import by_variable
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "sessions.md").read_text("utf-8")
DAY = 86_400


def test_the_example_runs(tmp_path, monkeypatch):
    """From top to bottom, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)  # noqa: S102 - the page's own code
    assert names["grant"]


def test_the_limits_are_the_settings():
    """The table has each variable's default, times in days."""
    rows = dict(re.findall(r"\| `([A-Z_]+)` \| (\d+)", PAGE))
    defaults = {name: one.default for name, one in by_variable(Settings).items()}
    assert len(rows) == 3
    for name, figure in rows.items():
        days = DAY if name.endswith("SECONDS") else 1
        assert int(figure) * days == defaults[name]
