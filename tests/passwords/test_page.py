"""docs/passwords.md says what is so: its examples run, its figures are those of the code."""

import re
from pathlib import Path

import pytest

from jwt_auth_core.passwords import PROFILES, PasswordPolicy, Passwords
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher
from tests.passwords.test_policy import words

PAGE = (Path(__file__).parents[2] / "docs" / "passwords.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
DJANGO = "pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0="


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


def test_an_adopted_user_logs_in_and_is_upgraded(page):
    """The page's hasher checks Django's hash and replaces it."""  # PW-09
    passwords = Passwords(page["ArgonOrDjango"](cheap_hasher()), PasswordPolicy.default())
    assert passwords.verify(Secret("correct horse"), DJANGO)
    assert not passwords.verify(Secret("wrong horse"), DJANGO)
    upgraded = passwords.upgrade(Secret("correct horse"), DJANGO)
    assert upgraded.startswith("$argon2id$")
    assert passwords.verify(Secret("correct horse"), upgraded)
    assert passwords.upgrade(Secret("correct horse"), upgraded) is None


def test_an_adopted_hash_that_costs_too_much_is_refused(page, caplog):
    """The pattern on the page limits the rounds."""  # PW-07
    passwords = Passwords(page["ArgonOrDjango"](cheap_hasher()), PasswordPolicy.default())
    assert not passwords.verify(Secret("correct horse"), DJANGO.replace("$1000$", "$99999999$"))
    assert caplog.messages == ["a stored password hash cannot be used (PBKDF2); that login fails"]
