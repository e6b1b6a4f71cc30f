"""docs/passwords.md says what is so: its examples run, its figures are those of the code."""

import json
import re
from pathlib import Path

import pytest

from jwt_auth_core.passwords import PROFILES
from jwt_auth_core.passwords.foreign import blowfish, pbkdf2, scrypt
from tests.passwords.test_policy import words

PAGE = (Path(__file__).parents[2] / "docs" / "passwords.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
VECTORS = Path(__file__).parents[1] / "vectors" / "foreign_hashes.json"
FOREIGN = json.loads(VECTORS.read_text("utf-8"))["cases"]


@pytest.fixture(scope="module")
def page():
    """Run the page's code from top to bottom; return the names that it defines."""
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)  # noqa: S102 - the page's own code
    return names


def test_the_figures_are_those_of_the_profiles():
    """The table of costs is computed from the profiles."""
    rows = re.findall(r"\| `([a-z0-9-]+)`[^|]*\| (\d+) MiB \| (\d+) \| (\d+) \| (\d+) MiB \|", PAGE)
    told = {name: tuple(map(int, numbers)) for name, *numbers in rows}
    assert told == {
        name: (p.memory_kib // 1024, p.passes, p.lanes, 2 * p.memory_kib // 1024)
        for name, p in PROFILES.items()
    }


@pytest.mark.parametrize("least", [8, 15])
def test_the_counts_are_those_of_the_list(least):
    """The page counts the blocklist right."""
    assert f"{sum(len(word) >= least for word in words()):,}" in PAGE


LIMITS = {
    f"cost {blowfish.MAX_COST}",
    f"{pbkdf2.MAX_ROUNDS:,} rounds",
    f"{scrypt.MAX_MEMORY >> 20} MiB, {scrypt.MAX_WORK >> 20} MiB over all lanes",
    "256 MiB, 10 passes, 16 lanes",
    "the same",
}


def test_the_limits_are_those_of_the_code():
    """The table of other systems' hashes has the limits that are kept."""  # PW-07
    table = PAGE.split("| scheme |")[1].split("\n\n")[0]
    assert {row.rsplit("|", 2)[1].strip() for row in table.splitlines()[2:]} == LIMITS


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: case["stored"][:20])
def test_the_table_names_each_scheme(case):
    """What is checked begins as the page says."""
    begins = {text.split("...")[0][:9] for text in re.findall(r"`([^`]+)`", PAGE.split("| scheme |")[1])}
    assert case["stored"].startswith(tuple(text for text in begins if len(text) > 2))


def test_the_code_of_the_page_runs(page):
    """Everything that the page shows may be pasted."""
    assert "Passwords" in page
