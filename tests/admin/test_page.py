"""docs/admin.md says what is so: its commands run, its figures are those of the code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jwt_auth_core.admin.settings import AdminSettings
from jwt_auth_core.flows.admin.read_users import MOST
from tests.examples.serving import ROOT, environment, process, run

PAGE = (ROOT / "docs" / "admin.md").read_text("utf-8")
BASH = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
PASSWORD = "nine-herons-hum-low"
KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"
PLAIN = {"JWT_KEY": KEY, "COOKIE_SECURE": "false", "PASSWORD": PASSWORD}


def answers(text):
    """Return the JSON documents that stand one behind the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


@pytest.mark.slow
def test_the_commands_of_the_page_run(tmp_path):
    """The first admin is made at the shell; it makes a user, shows and disables her."""
    adding, calling, reading = BASH
    program = str(Path(sys.executable).with_name("jwt-auth"))
    run(program, "migrate", directory=tmp_path, env=PLAIN)
    run(program, *adding.split()[1:], directory=tmp_path, env=PLAIN, text=f"{PASSWORD}\n")
    with process([program, "serve", "--port", "0"], directory=tmp_path, env=PLAIN) as origin:
        script = (calling + reading).replace("http://127.0.0.1:8000", origin)
        env = environment(PLAIN)
        done = subprocess.run(
            ["bash", "-euc", script],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    nobody, made, shown, disabled, failed, hers = answers(done.stdout)
    assert nobody == {"users": [], "next": None}
    assert (made["status"], shown["user_id"]) == ("user created", made["user_id"])
    assert disabled == {"status": "user disabled"}
    assert failed == {"events": [], "next": None}
    exported = [
        json.loads(line)["name"] for line in (tmp_path / "audit.ndjson").read_text("utf-8").splitlines()
    ]
    assert [event["type"] for event in hers["events"]] == ["user_disabled", "user_registered"]
    assert exported == ["user_registered", "login_succeeded", "user_registered", "user_disabled"]


def test_its_figures_are_those_of_the_code():
    """How many users a page has, and how old a login may be."""
    assert f"(`limit`, at most {MOST})" in PAGE
    assert AdminSettings().login_seconds == 3600
