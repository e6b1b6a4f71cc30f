"""User codes: eight letters that nobody mistakes, bound to what they are for."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.one_time.user_code import ALPHABET, UserCodes, letters_of, new_user_code
from jwt_auth_core.vocabulary import Secret

CODES = UserCodes(PreparedMac(b"a key"))
CODE = Secret("WDJB-MJHT")


def test_the_alphabet_is_that_of_the_standard():
    """Twenty letters, RFC 8628 section 6.1."""
    assert ALPHABET == "BCDFGHJKLMNPQRSTVWXZ"


@given(st.data())
def test_a_code_is_two_groups_of_four(data):
    """Whatever the random bytes are; what would make some letters more likely is thrown away."""
    code = new_user_code(lambda size: data.draw(st.binary(min_size=size, max_size=size))).reveal()
    assert re.fullmatch("[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", code)
    assert letters_of(code) == code.replace("-", "")


def test_each_letter_is_as_likely_as_the_others():
    """Of all octets that count each letter has as many; the others are drawn again."""
    octets = iter(
        [bytes([249, 250, 251, 252, 253, 254, 255, 240])] + [bytes(range(n, n + 8)) for n in range(0, 240, 8)]
    )
    drawn = "".join(new_user_code(lambda _size: next(octets)).reveal().replace("-", "") for _ in range(30))
    assert Counter(drawn) == Counter(dict.fromkeys(ALPHABET, 12))


def test_no_two_are_alike():
    """They are random, and say nothing in a log."""
    codes = [new_user_code() for _ in range(100)]
    assert len({code.reveal() for code in codes}) == 100
    assert codes[0].reveal() not in repr(codes[0]) + str(codes[0])


def test_without_entropy_there_is_no_code():
    """A 503, never a guessable one."""

    # F-29
    def dry(_size):
        raise OSError

    with pytest.raises(UnavailableError):
        new_user_code(dry)


@pytest.mark.parametrize(
    "typed", ["WDJB-MJHT", "wdjbmjht", " Wdjb\u2013mjht\n", "WD JB MJ HT", "W.D.J.B\u2011M\u00adJHT"]
)
def test_a_code_may_be_typed_as_people_do(typed):
    """In any case and groups, and with what keyboards make of a hyphen."""
    assert letters_of(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed",
    ["", "WDJB-MJH", "WDJB-MJHTX", "WDJB-MJHA", "WDJB-MJH0", "ＷDJB-MJHT", "W" * 65, "-" * 60 + "WDJBMJHT"],
)
def test_anything_else_is_no_code(typed):
    """Also where it only looks like one, or is endless."""
    assert letters_of(typed) is None


def test_a_code_is_bound_to_one_thing():
    """For another purpose or user the same letters are another code; without the key there is no digest."""
    digest = CODES.digest_of("verify 1", CODE)
    assert CODES.matches("verify 1", Secret("wdjb mjht"), expected_digest=digest)
    assert not CODES.matches("verify 2", CODE, expected_digest=digest)
    assert not CODES.matches("verify 1", Secret("WDJB-MJHV"), expected_digest=digest)
    assert not UserCodes(PreparedMac(b"another")).matches("verify 1", CODE, expected_digest=digest)


def test_what_is_no_code_matches_none():
    """Nor what is no code for the same reason."""
    digest = CODES.digest_of("verify 1", CODE)
    assert not CODES.matches("verify 1", Secret("no code"), expected_digest=digest)
