"""Settings and extras are what they say: each is used, each can be had."""

import dataclasses
import re
import tomllib

import pytest

from jwt_auth_core.settings import Settings
from tests.house.sources import PACKAGES, ROOT, files


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_read(field):
    """Each field of Settings is used by code outside its own file."""
    readers = [path for path in files(*PACKAGES) if path.name != "settings.py"]
    assert any(f"settings.{field.name}" in path.read_text("utf-8") for path in readers)


def test_all_means_all():
    """The extra ``all`` brings every other extra."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    brought = set(re.search(r"\[(.*)\]", extras["all"][0])[1].split(","))
    assert brought == set(extras) - {"all"}
