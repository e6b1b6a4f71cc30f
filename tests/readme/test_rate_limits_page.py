"""The code of docs/rate-limits.md, run as it stands there."""

from __future__ import annotations

import re
import shlex

import pytest

from jwt_auth_asgi.cli.command import main
from jwt_auth_core import Settings
from tests.asgi.drive import get, shake
from tests.examples.serving import ROOT

pytestmark = pytest.mark.limited

PAGE = (ROOT / "docs" / "rate-limits.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"


@pytest.fixture
def applications(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Return the applications that the page makes, each with what else it names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("LIMITS", "on")
    made = [{"__name__": "shop.views"} for _ in PYTHON]
    for names, text in zip(made, PYTHON, strict=True):
        exec(text, names)  # noqa: S102 - the page's own code
        names["auth"].migrate()
    yield made
    for names in made:
        names["auth"].close()


def test_a_rule_of_any_process_is_held(capsys, applications):
    """Two go, the third hears when it may."""
    del applications
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["1 left", "0 left"]
    assert re.fullmatch("again in 1[0-9]{3} seconds", lines[2])


def test_the_commands_of_the_page_run(applications, capsys):
    """An operator sees a client's limits, and lets it begin anew."""
    del applications
    for line in re.findall(r"^jwt-auth (rate-limits .*)$", PAGE, re.MULTILINE):
        assert main(shlex.split(line, comments=True)) == 0
    told = capsys.readouterr().out
    assert "login_failures" in told
    assert "forgot what was counted of 192.0.2.1\n" in told
    assert told.endswith("forgot what was counted of ada@example.com, an address that nobody has\n")


def test_the_variables_of_the_page_are_read():
    """As they stand before the command that serves."""
    (line,) = re.findall("^(LIMIT.*) jwt-auth serve$", PAGE, re.MULTILINE)
    variables = dict(word.split("=") for word in shlex.split(line))
    read = Settings.from_env({"JWT_KEY": KEY, **variables}).rate_limits
    assert (len(read.login), read.register) == (2, ())


def test_the_fastapi_application_limits_its_routes(applications):
    """Ten searches of an address go; the refusal is as the page shows it."""
    app = applications[1]["app"]
    seen = [get(app, "/search", query_string=b"word=x") for _ in range(11)]
    assert [answer.status for answer in seen] == [200] * 10 + [429]
    shown = dict(re.findall(r"^(R\S+): (.*)$", PAGE, re.MULTILINE))
    assert seen[-1].headers["ratelimit-policy"] == shown["RateLimit-Policy"]
    assert re.sub("t=.*", "t=42", seen[-1].headers["ratelimit"]) == shown["RateLimit"]
    assert get(app, "/reports").status == 401


def test_the_starlette_application_limits_its_routes(applications):
    """A class, a websocket and a mounted application have ten each."""
    app = applications[2]["app"]
    for path in ("/page", "/files/1"):
        assert [get(app, path).status for _ in range(11)] == [200] * 10 + [429]
    assert [shake(app, "/talk")[0]["type"] for _ in range(11)][-2:] == [
        "websocket.accept",
        "websocket.http.response.start",
    ]
