"""JSON files are read one item at a time, wherever a piece of them ends."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.imports import Remark, json_items
from jwt_auth_core.imports.json_items import items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


class Halting(io.StringIO):
    """A file that gives one character at a time."""

    def read(self, size=-1):
        """Return one character."""
        return super().read(min(size, 1))


def values(text, member=None, kind=io.StringIO):
    """Return the items of a text."""
    return [item[1] for item in items(kind(text), member)]


@given(found=st.lists(VALUES, max_size=4), indent=st.sampled_from([None, 1]))
def test_an_array_comes_to_its_items(found, indent):
    """However it is spelled, and wherever a piece of it ends."""
    assert values(json.dumps(found, indent=indent), kind=Halting) == found


@given(found=st.lists(VALUES, max_size=4), other=VALUES)
def test_a_member_comes_to_its_items(found, other):
    """What stands before and behind it is passed over, also a member of that name deeper down."""
    text = json.dumps({"a": [{"users": [other]}], "users": found, "z": other})
    assert values(text, "users", Halting) == found


@given(found=st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), min_size=1, max_size=4))
def test_lines_come_to_their_objects(found):
    """With empty ones between them."""
    assert values("\n\n".join(map(json.dumps, found)), kind=Halting) == found


def test_each_item_says_its_line():
    """Where it begins."""
    assert [line for line, _ in items(io.StringIO('[\n {"a":\n 1},\n\n {"b": 2}\n]\n'))] == [2, 5]
    assert [line for line, _ in items(io.StringIO('{"a": 1}\n\n{"b": 2}\n'))] == [1, 3]


def test_a_line_that_is_no_json_is_passed_over():
    """With its number; the others are read."""
    found = list(items(io.StringIO('{"a": 1}\n{"a":\n{"b": 2}')))
    assert found == [(1, {"a": 1}), Remark(2, "it is no JSON"), (3, {"b": 2})]


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ('[{"a": 1}', None),
        ("[1 2]", None),
        ("[", None),
        ("[nonsense]", None),
        ("[" * 200_000, None),
        ('{"users": [1], ', "users"),
        ('{"users" 1}', "users"),
        ('{"users": [1]', "users"),
        ("{}", "users"),
        ("", "users"),
        ("nonsense", "users"),
        ('{"users": 1}', "users"),
    ],
)
def test_a_broken_file_is_refused(text, member):
    """Once the items before are read, with a line."""
    with pytest.raises(InvalidInputError, match="FILE: line 1: "):
        list(items(io.StringIO(text), member))


def test_an_item_without_an_end_is_not_held(monkeypatch):
    """Beyond a limit nothing more of it is read."""
    monkeypatch.setattr(json_items, "LONGEST_ITEM", 1000)
    file = io.StringIO('["' + "x" * 1_000_000)
    with pytest.raises(InvalidInputError, match="more than 1000 characters"):
        list(items(file))
    assert file.tell() < 200_000


def test_an_empty_file_has_no_items():
    """Nor has one of spaces."""
    assert list(items(io.StringIO(" \n\n"))) == []
