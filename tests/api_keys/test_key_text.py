"""The text of an API key: recognised without a look-up, and none that was mistyped."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.api_keys.key_text import check_digits, digest_of, is_key, is_key_id, new_key, new_key_id
from jwt_auth_core.errors import InvalidInputError, UnavailableError
from jwt_auth_core.sessions.session import parse_session_id

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "api_keys.json").read_text("utf-8"))["keys"]
KEY = VECTORS[0]["key"]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def out_of_entropy(_length):
    """Stand for a system that gives no random bytes."""
    raise OSError


@pytest.mark.parametrize("vector", VECTORS)
def test_the_last_six_characters_are_made_of_the_others(vector):
    """As another program computed them."""
    assert "jak_" + vector["random"] + check_digits(vector["random"]) == vector["key"]
    assert is_key(vector["key"])


@given(st.binary(min_size=32, max_size=32))
def test_whatever_the_chance_a_key_has_its_form(octets):
    """And is told from all else by it."""
    key = new_key(lambda _length: octets).reveal()
    assert re.fullmatch("jak_[0-9A-Za-z]{36}", key)
    assert is_key(key)


@given(st.integers(4, 39), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place, character):
    """A check of 32 bits misses none."""
    wrong = KEY[:place] + character + KEY[place + 1 :]
    assert is_key(wrong) == (wrong == KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jak_",
        KEY[:-1],
        KEY + "0",
        KEY + "\n",
        " " + KEY,
        KEY.upper(),
        "JAK_" + KEY[4:],
        KEY[:10] + "é" + KEY[11:],
    ],
)
def test_what_looks_otherwise_is_no_key(text):
    """Whatever its check digits."""
    assert not is_key(text)


def test_no_two_keys_are_alike():
    """Each has chance of its own, and shows nothing of itself."""
    one, other = new_key(), new_key()
    assert one.reveal() != other.reveal()
    assert one.reveal() not in repr(one)


def test_an_id_is_no_key_and_no_session():
    """It opens nothing, and stands in no list of sessions."""
    key_id = new_key_id()
    assert is_key_id(key_id)
    assert not is_key(key_id)
    with pytest.raises(InvalidInputError):
        parse_session_id(key_id)


def test_at_rest_there_is_a_digest():
    """SHA-256 in base64url."""
    assert digest_of("jak_") == "efyjiEhQh-ZveTsIsdmyotAu3IHYfPLQ4_x7agcD-ig"
    assert digest_of(KEY) != digest_of(VECTORS[1]["key"])


@pytest.mark.parametrize("make", [new_key, new_key_id])
def test_without_chance_there_is_no_key(make):
    """The system may give none, for a while."""
    with pytest.raises(UnavailableError):
        make(out_of_entropy)
