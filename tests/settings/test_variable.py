"""The checks of single variables: each returns what is wrong, and the limit."""

from __future__ import annotations

import pytest

from jwt_auth_core.settings import variables
from jwt_auth_core.variables.words import between, flag, is_flag, one_of


@pytest.mark.parametrize(("value", "is_good"), [(1, True), (9, True), (0, False), (10, False), ("5", False)])
def test_a_number_lies_within_its_limits(value, is_good):
    """Both limits are allowed; a text of digits, or True, is no number."""
    check = between(1, 9)
    assert check(value) == (None if is_good else "must be a whole number from 1 to 9")
    assert check(True)


def test_a_choice_is_one_of_its_words():
    """As written, letter by letter."""
    check = one_of("strict", "lax")
    assert (check("lax"), check("Lax")) == (None, "must be one of strict, lax")


@pytest.mark.parametrize(("text", "value"), [("1", True), (" Yes ", True), ("FALSE", False), ("no", False)])
def test_a_flag_is_written_as_people_write_it(text, value):
    """Yes and no in any case; a word that is neither is nothing."""
    assert (flag(text), is_flag(value), is_flag(text)) == (value, None, "must be true or false")
    with pytest.raises(KeyError):
        flag(f"{text}?")


def test_the_variables_of_the_record_are_fixed():
    """They are read once a process; nobody can change them for the others."""
    with pytest.raises(TypeError):
        variables()["cookie_secure"] = None
