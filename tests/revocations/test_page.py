"""docs/revocation.md says what is so: its examples run, its names and figures are those of the code."""

import re
from pathlib import Path
from typing import get_args

from jwt_auth_asgi.identity.revocation_check import Check
from jwt_auth_core.revocations import follower, reader, redis, revocation, sql
from jwt_auth_core.settings import REVOCATION_CHECKS, REVOCATION_POLICIES, Settings
from jwt_auth_core.vocabulary import Secret

PAGE = (Path(__file__).parents[2] / "docs" / "revocation.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_run(capsys):
    """Each block runs by itself, as it stands; the listener prints what it hears."""
    for block in BLOCKS:
        exec(block, {})  # noqa: S102 - the page's own code
    assert capsys.readouterr().out == f"EndedSession(session_id='{'5e55' * 8}')\n"


def test_the_choices_are_those_of_the_settings():
    """Every check and every policy has its row, and the middleware takes the same words."""
    rows = re.findall(r"^\| `([a-z]+)`", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted([*REVOCATION_CHECKS, *REVOCATION_POLICIES])
    assert get_args(Check) == REVOCATION_CHECKS


def test_the_figures_are_those_of_the_code():
    """Seconds, the rules and the silence are as the page has them."""
    settings = Settings(jwt_key=Secret("replace me by 32 bytes or more of your own"))
    assert f"`REVOCATION_MAX_SILENCE_SECONDS` ({settings.revocation_max_silence_seconds})" in PAGE
    assert f"every {follower.RECONCILE_SECONDS:.0f} seconds" in PAGE
    assert f"`{redis.ACL_RULES}`" in PAGE
    assert (sql.POLL_SECONDS, redis.LONGEST_BLOCK_SECONDS) == (1 / 4, 2 / 4)
    assert (reader.FIRST_SECONDS, revocation.SLACK_SECONDS) == (2, 120)  # two seconds, two minutes
