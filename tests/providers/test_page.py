"""docs/resource-server.md says what is so: its code runs, its table is that of the profiles."""

from __future__ import annotations

import logging
import re

import pytest

from jwt_auth_core.tokens.profiles import PROFILES
from tests.house.profiles import PAGE, page

TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_table_is_that_of_the_profiles():
    """``python -m tests.house.profiles`` writes it."""
    assert page() == TEXT


def test_every_profile_has_a_block():
    """A newcomer finds the provider by name, and the code to copy."""
    code = "".join(BLOCKS)
    assert [name for name in PROFILES if f'profile="{name}"' not in code] == ["rfc9068"]


@pytest.fixture
def names(monkeypatch, tmp_path):
    """Return the names of the first block, in an environment with a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g")
    made = {}
    shown, said = logging.getLogger(), logging.getLogger("jwt_auth.bearer")
    before = shown.handlers[:], said.level
    exec(BLOCKS[0], made)  # noqa: S102 - the page's own code
    yield made
    shown.handlers[:] = before[0]  # one block sets both
    said.setLevel(before[1])
    if "auth" in made:
        made["auth"].close()


@pytest.mark.parametrize("block", BLOCKS[1:], ids=lambda block: block.splitlines()[0][:40])
def test_every_block_runs(names, block):
    """Each after the first one, as a reader would put them together; nobody is asked before a token comes."""
    exec(block, names)  # noqa: S102 - the page's own code
