"""Settings and extras are what they say: each is used, each can be had."""

import re
import tomllib

import pytest

from jwt_auth_core.settings import Settings, variables
from tests.house.leaves import leaves
from tests.house.sources import PACKAGES, ROOT, files


@pytest.mark.parametrize("path", leaves(Settings))
def test_every_setting_is_read(path):
    """Each field of Settings is used by code outside its own file, one of a record's by its last name too."""
    readers = [one.read_text("utf-8") for one in files(*PACKAGES) if one.name != "settings.py"]
    names = {f"settings.{path}", f"settings.{path.rpartition('.')[-1]}"}
    assert any(name in text for text in readers for name in names)


def test_no_variable_is_read_twice():
    """Each environment variable belongs to one field, whichever record that is in."""
    names = [variable.name for variable in variables().values()]
    assert len(set(names)) == len(names)


def test_all_means_all():
    """The extra ``all`` brings every other extra."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    brought = set(re.search(r"\[(.*)\]", extras["all"][0])[1].split(","))
    assert brought == set(extras) - {"all"}
