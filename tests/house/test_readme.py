"""The README says what there is: every setting with its default, every route, every extra."""

import dataclasses
import re
import tomllib

import pytest

from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_core.settings import Settings
from jwt_auth_core.variables.dotenv import DATABASE_PARTS
from jwt_auth_core.vocabulary import Secret
from tests.house.leaves import by_variable
from tests.house.sources import ROOT

README = (ROOT / "README.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \|$", README, re.MULTILINE)
FIELDS = by_variable(Settings)
ENDPOINTS = [(endpoint.method, endpoint.path) for endpoint in endpoints()]


def row_of(word):
    """Return the cells of the README's table row whose first cell names a word."""
    rows = [row.split(" | ") for row in ROWS if f"`{word}`" in row.split(" | ")[0]]
    assert len(rows) == 1, f"{word} has {len(rows)} rows in the README's tables"
    return rows[0]


def written(default):
    """Return how the README writes a default."""
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if isinstance(default, int | str) else ""


@pytest.mark.parametrize("variable", [*FIELDS, *DATABASE_PARTS])
def test_every_setting_is_in_the_readme(variable):
    """Each environment variable has one row, whose last cell begins with the real default."""
    cell = row_of(variable)[-1].strip("` ")
    field = FIELDS.get(variable)
    if field is None or isinstance(field.default, Secret):
        return
    if field.default is dataclasses.MISSING:
        assert cell == "required"
    else:
        assert cell.replace(",", "").startswith(written(field.default))


def test_the_readme_names_no_setting_that_is_not():
    """A variable that stands in the table of settings is read."""
    table = README.partition("| variable ")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`", table))
    assert named
    assert named <= {*FIELDS, *DATABASE_PARTS}


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_every_route_is_in_the_readme(method, path):
    """Each route has one row."""
    assert f"{method} /auth{path}" in README


def test_every_extra_is_in_the_readme():
    """Each optional dependency is named where installing is explained."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert [extra for extra in extras if f"`{extra}`" not in README] == []
