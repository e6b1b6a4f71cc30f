"""The `.env` file: read on request, under the mapping."""

import sys

import pytest

from jwt_auth_core.dotenv import with_dotenv
from jwt_auth_core.errors import MissingDriverError


def test_the_file_fills_what_the_mapping_lacks(tmp_path):
    """Variables of the file are added; the mapping wins."""
    file = tmp_path / ".env"
    file.write_text("A=1\nB='two words'\nC\n")
    assert dict(with_dotenv({"A": "0"}, file)) == {"A": "0", "B": "two words", "C": ""}


def test_no_file_adds_nothing(tmp_path):
    """Without a file the mapping comes back as it is."""
    mapping = {"A": "1"}
    assert with_dotenv(mapping, tmp_path / ".env") is mapping


def test_a_file_without_the_driver_names_the_command(tmp_path, monkeypatch):
    """With a file and no python-dotenv the error has the exact install line."""
    (tmp_path / ".env").write_text("A=1")
    monkeypatch.setitem(sys.modules, "dotenv", None)
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[dotenv\]'"):
        with_dotenv({}, tmp_path / ".env")
