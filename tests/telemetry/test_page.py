"""docs/telemetry.md says what is so: its example runs, and it names each metric and attribute."""

import re

import pytest

from tests.auth_app.suite.client import Client
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "telemetry.md").read_text("utf-8")
TOLD = set(re.findall(r"`((?:jwt_)?auth[._][a-z_.]+)`", PAGE))


def test_the_example_runs(monkeypatch, tmp_path):
    """The metrics are where it says."""
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], names)  # noqa: S102 - the page's own code
    assert "process_" in Client(names["app"]).get("/metrics/").text


@pytest.mark.parametrize("file", ["opentelemetry", "prometheus"])
def test_every_name_is_told(file):
    """What is exported stands on the page."""
    text = (ROOT / "jwt_auth_asgi" / "telemetry" / f"{file}.py").read_text("utf-8")
    names = set(re.findall(r'"((?:jwt_)?auth[._][a-z_.]+[a-z])"', text))
    assert len(names) >= 4
    for name in names:
        assert {name, f"{name}_total"} & TOLD, name
