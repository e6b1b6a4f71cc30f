"""docs/audit.md says what is so: its example runs, its table has every event."""

import re

from jwt_auth_core import Secret
from jwt_auth_core.events import PasswordChanged
from tests.events.test_events import KINDS
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "audit.md").read_text("utf-8")


def test_every_event_is_in_the_table():
    """Type and name of each."""
    rows = re.findall(r"^\| (`[A-Z]\w+`.*?) \| (`\w+`.*?) \|", PAGE, re.MULTILINE)
    told = [
        (kind, name)
        for row in rows
        for kind, name in zip(*(re.findall(r"`(\w+)`", c) for c in row), strict=True)
    ]
    assert sorted(told) == sorted((kind.__name__, kind.name) for kind in KINDS)


def test_the_example_runs(monkeypatch, tmp_path, capsys):
    """It subscribes to one type and to all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", Secret("k3y of the page of events, long enough").reveal())
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], names)  # noqa: S102 - the page's own code
    auth = names["auth"]
    try:
        auth.subscribers(PasswordChanged(at=1, user_id="u1"))
    finally:
        auth.close()
    assert capsys.readouterr().out == "the password of u1 was changed\npassword_changed success\n"
