"""The filter: whatever was put in is found, few strangers are, and a damaged file is none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.passwords.fuse_filter import MAGIC, FuseFilter

SCRIPT = Path(__file__).parents[2] / "docs" / "derive_breached.py"


@pytest.fixture(scope="module")
def tool():
    """Return the script that makes filters."""
    spec = importlib.util.spec_from_file_location("derive_breached", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(max_examples=60)
@given(entries=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=300, unique=True))
def test_every_entry_is_found(tool, entries):
    """There is no entry that the filter does not know, however few or strange they are."""  # PW-03
    known = FuseFilter(tool.made(entries))
    assert [entry for entry in entries if entry not in known] == []


def test_one_stranger_in_a_thousand_is_found(tool):
    """Of those who are not in it few pass for members, at twelve bits a member."""  # PW-03
    data = tool.made([f"member {number}" for number in range(20_000)])
    known = FuseFilter(data)
    assert sum(f"stranger {number}" in known for number in range(20_000)) < 60  # 20 expected
    assert len(data) * 8 < 20_000 * 14


@pytest.mark.parametrize(
    "data", [b"", b"no filter at all, but long enough", MAGIC, MAGIC + bytes(13), "short", "long"]
)
def test_what_is_no_filter_is_refused(tool, data):
    """A file of something else, or half of one, or one and a half."""
    whole = tool.made(["password", "letmein1"])
    made = {"short": whole[:-1], "long": whole + b"\0"}.get(data, data)
    with pytest.raises(ValueError, match="filter"):
        FuseFilter(made)


def test_the_tool_takes_what_a_policy_lets_through(tool, tmp_path):
    """A list in plain text: folded, none twice, nothing too short, the most frequent as far as they fit."""
    source = tmp_path / "list.txt"
    source.write_text("PassWord9\npassword9\nshort\nletmein99\n" + "x" * 2000 + "\nqwertz\x00uiop\n", "utf-8")
    assert tool.chosen(tool.listed(source)) == ["password9", "letmein99"]


def test_the_tool_keeps_to_a_megabyte(tool, monkeypatch):
    """Of a list that is too long the last entries are left out."""
    monkeypatch.setattr(tool, "LARGEST_BYTES", 1000)
    words = [f"password{number}" for number in range(5000)]
    entries = tool.chosen(words)
    assert 300 < len(entries) < 800
    assert entries == words[: len(entries)]
    assert len(tool.made(entries)) <= 1000


def test_the_tool_writes_a_filter(tool, tmp_path, capsys):
    """From a list to the file, and how good it is."""
    source, target = tmp_path / "list.txt", tmp_path / "filter"
    source.write_text("password9\nletmein99\n", "utf-8")
    tool.main(source, target)
    assert "password9" in FuseFilter(target.read_bytes())
    assert "2 entries" in capsys.readouterr().out


def test_an_entry_that_comes_twice_is_told(tool):
    """No filter can be made of it, and the tool says why."""
    with pytest.raises(SystemExit, match="twice"):
        tool.made(["password9", "password9"])
