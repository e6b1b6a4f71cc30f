"""docs/sign-in-with.md says what is so: its settings, its names, its codes."""

from __future__ import annotations

import re

from jwt_auth_asgi.errors import CrossSiteError
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.http.cookies.browser_cookie import BrowserCookie
from jwt_auth_asgi.problems.problem import STATUS
from jwt_auth_core.flows.identities.login_code import LOGIN_CODE
from jwt_auth_core.flows.identities.round_trip import STATE
from jwt_auth_core.identities.identity import MOST
from jwt_auth_core.identities.openid import AGAIN_SECONDS, KNOWN_SECONDS
from jwt_auth_core.identities.settings import PRESETS
from jwt_auth_core.keys.fetch import LARGEST_BYTES, TIMEOUT_SECONDS
from jwt_auth_core.settings import Settings
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "sign-in-with.md").read_text("utf-8")


def test_the_settings_of_the_page_are_settings():
    """As they stand there; secrets are yours."""
    block = PAGE.split("```bash\n")[1].split("```")[0]
    variables = dict(line.split("=", 1) for line in block.splitlines())
    made = Settings.from_env({"JWT_KEY": "a key that only the tests of this page know", **variables})
    assert [one.name for one in made.identities.providers] == ["google", "acme"]


def test_every_preset_has_a_row():
    """Names and rows are the same."""
    rows = PAGE.partition("| name | what is special |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)) == sorted(PRESETS)


def test_every_code_is_one():
    """Of the table of what goes wrong."""
    rows = PAGE.partition("| code | means |")[2].partition("\n\n")[0]
    codes = [
        code for row in re.findall(r"^\| (`[^|]+) \|", rows, re.MULTILINE) for code in re.findall(r"\w+", row)
    ]
    assert len(codes) == 13
    assert [code for code in codes if code not in {*STATUS, CrossSiteError.code}] == []


def test_the_routes_are_there():
    """Each that the page names."""
    known = {f"{one.method} /auth{one.path}" for one in paths.ALL}
    named = re.findall(r"`((?:GET|POST|DELETE) /auth/[a-z/-]+(?:\{id\})?)`", PAGE)
    assert named
    assert {one.replace("{id}", "{identity_id}") for one in named} <= known


def test_the_figures_are_ours():
    """Seconds, characters, octets."""
    assert (STATE.ttl_seconds, LOGIN_CODE.ttl_seconds, MOST) == (600, 60, 20)
    assert (KNOWN_SECONDS, AGAIN_SECONDS, TIMEOUT_SECONDS, LARGEST_BYTES) == (300, 5, 5, 256 * 1024)
    assert BrowserCookie(secure=True).name == "__Host-oauth_browser"
