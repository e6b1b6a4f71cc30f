"""The drawing of the house in CONTRIBUTING.md: the floors are those that the import contracts hold."""

import re
import tomllib

import pytest

from tests.house.sources import ROOT

PAPER = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
DRAWN = ("jwt_auth_asgi", "jwt_auth_core")
DOORS = {"loops", "tickets"}


def names(text):
    """Return the neighbours of one floor, without brackets and doors."""
    return {name.strip(" ()/") for name in text.split("|")} - DOORS


def drawn(package):
    """Return the floors below a package's line in the drawing, from top to bottom."""
    block = re.search(rf"^{package}.*\n((?:  .+\n)+)", PAPER, re.MULTILINE)[1]
    floors = re.sub(r"\|\n +", "| ", block).splitlines()  # a line that ends with a bar goes on
    return [names(re.split(r" {2,}", floor.strip())[0]) for floor in floors]


def held(package):
    """Return the floors of the contract about a package."""
    (layers,) = [one["layers"] for one in CONTRACTS if one.get("containers") == [package]]
    return [floor for floor in map(names, layers) if floor]  # a door alone is no floor


@pytest.mark.parametrize("package", DRAWN)
def test_the_drawn_floors_are_those_of_the_contract(package):
    """Each floor of the drawing has the rooms that the contract puts there, in the same order."""
    assert drawn(package) == held(package)
