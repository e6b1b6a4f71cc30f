"""JSON has no room for two readings: the list of vectors, and round trips (RFC 8259, RFC 7493)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.encoding import ANY_INTEGER, compact_json, strict_json

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "strict_json.json").read_text("utf-8"))


def octets(vector):
    """Return the document of a vector: given as text, in hexadecimal, or as repeated pieces."""
    if "hex" in vector:
        return bytes.fromhex(vector["hex"])
    pieces = vector.get("repeat", [[vector.get("text"), 1]])
    return "".join(piece * times for piece, times in pieces).encode()


def chosen(*, accepted):
    """Return the vectors of one kind, to parametrise a test."""
    return [pytest.param(v, id=v["name"]) for v in VECTORS if v["accepted"] is accepted]


@pytest.mark.parametrize("vector", chosen(accepted=True))
def test_what_is_one_strict_value_is_read(vector):
    """What is accepted means the same to the standard library."""  # JWT-10
    assert strict_json(octets(vector)) == json.loads(octets(vector))


@pytest.mark.parametrize("vector", chosen(accepted=False))
def test_what_could_be_read_in_two_ways_is_refused(vector):
    """Duplicates, NaN, depth, long integers, lone surrogates and broken syntax are refused."""  # JWT-10
    with pytest.raises(ValueError, match=r"^not strict JSON$") as caught:
        strict_json(octets(vector))
    assert caught.value.__context__ is None


finite = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | finite | st.text(max_size=8) | st.integers(-(10**20) + 1, 10**20 - 1)
values = st.recursive(
    leaves,
    lambda kids: st.lists(kids, max_size=4) | st.dictionaries(st.text(max_size=4), kids, max_size=4),
)


@given(values)
def test_what_is_written_is_read(value):
    """Compact JSON is strict JSON, without a space outside texts."""
    assert strict_json(compact_json(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_written(number):
    """NaN and infinities have no JSON."""
    with pytest.raises(ValueError, match="JSON compliant"):
        compact_json([number])


def test_compact_json_is_compact():
    """There is no white space, and UTF-8 instead of escapes."""
    assert compact_json({"a": [1, "é"], "b": None}) == '{"a":[1,"é"],"b":null}'.encode()


@pytest.mark.parametrize("value", ["\ud800", ["secret\udfff"], {"\ud800": 1}], ids=ascii)
def test_lone_surrogates_are_not_written(value):
    """What cannot be UTF-8 is refused by an error that does not hold it."""
    with pytest.raises(ValueError, match="a lone surrogate cannot be written") as caught:
        compact_json(value)
    assert caught.value.__context__ is None


def test_an_integer_may_be_of_any_length():
    """Where somebody looks at its field; everything else is as strict."""
    assert strict_json(b'{"a": %d}' % 10**30, ANY_INTEGER) == {"a": 10**30}
    for text in (b"1e400", b"NaN", b'{"a":1,"a":1}', b"1" * 5000):
        with pytest.raises(ValueError, match="strict JSON"):
            strict_json(text, ANY_INTEGER)
