"""Passwords that are known from breaches: the shipped filter."""

from __future__ import annotations

import gzip
import subprocess
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from jwt_auth_core.passwords import PasswordPolicy
from jwt_auth_core.passwords.breached import breached
from jwt_auth_core.passwords.normalization import folded
from jwt_auth_core.vocabulary import Secret

SHIPPED = files("jwt_auth_core.passwords")
LEAKED = ["zenja1988", "voyage58", "yachtinglife", "arabic14oct", "brenda62"]


def codes(text, context=()):
    """Return the codes of the policy's problems with a password."""
    return [error.code for error in PasswordPolicy.default().problems(Secret(text), context=context)]


@pytest.mark.parametrize("text", [*LEAKED, "ZENJA1988", "zenja-1988", "zenja 1988", "Ｚｅｎｊａ1988"])
def test_a_leaked_password_is_refused(text):
    """What attackers have in their lists, in whatever case, width or with whatever between."""  # PW-03
    assert codes(text) == ["breached"]


@pytest.mark.parametrize("text", ["zenja1988 at sea", "correct tidal lantern", "xzenja1988x"])
def test_only_the_whole_password_counts(text):
    """A leaked password within a password is no reason against it."""  # PW-03
    assert codes(text) == []


def test_the_owners_name_is_said_to_be_that():
    """Where a name is leaked as well, the nearer reason is told."""
    assert codes("lovelace", ["Lovelace"]) == ["too_personal"]


def test_strangers_are_rarely_taken_for_known():
    """Two in a thousand at most, since spaces may be left out."""  # PW-03
    found = sum(breached(f"a stranger {number} of nobody") for number in range(10_000))
    assert found < 45  # 20 expected


def test_the_filter_has_what_django_lists():
    """Nearly all of Django's 20,000 are in the larger list, too."""
    (django,) = find_spec("django").submodule_search_locations
    packed = Path(django, "contrib/auth/common-passwords.txt.gz").read_bytes()
    long = [word for word in map(folded, gzip.decompress(packed).decode().split()) if len(word) >= 8]
    assert sum(map(breached, long)) > len(long) * 0.8


def test_the_file_is_small():
    """It costs the wheel less than a megabyte."""  # PW-03
    assert len(SHIPPED.joinpath("breached.filter").read_bytes()) < 1_000_000


def test_the_notice_names_the_source():
    """The notice beside the filter says how many passwords of which list it has."""
    notice = SHIPPED.joinpath("common.NOTICE.txt").read_text("utf-8")
    assert "breached.filter: 474,743 passwords" in notice


def test_the_filter_is_loaded_late():
    """Importing the room does not read it."""
    check = "from jwt_auth_core.passwords import breached; assert not breached._known.cache_info().currsize"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
