"""Records: one decorator makes them, and each can be written."""

import dataclasses
import importlib

import pytest

from tests.house.sources import PACKAGES, ROOT, files, imported, modules, place

RECORDS = ROOT / "jwt_auth_core" / "records"


def made():
    """Yield every record of the packages once."""
    for name in modules(*PACKAGES):
        try:
            module = importlib.import_module(name)
        except ImportError:  # a driver that is not installed
            continue
        for value in list(vars(module).values()):
            if isinstance(value, type) and "__record__" in vars(value) and value.__module__ == name:
                yield value


def test_no_other_decorator_makes_records():
    """Each `dataclass` of the standard library takes half a millisecond of every start."""
    wrong = [
        place(path, node)
        for path in files(*PACKAGES)
        if RECORDS not in path.parents
        for name, node in imported(path)
        if name == "dataclasses" and any(alias.name == "dataclass" for alias in getattr(node, "names", ()))
    ]
    assert wrong == []


def test_every_record_can_be_written():
    """What the standard library refuses when it sees a class, it would refuse at the first use of ours."""
    found = list(made())
    assert len(found) > 400
    for record in found:
        kinds = {field.name: field.type for field in dataclasses.fields(record)}
        assert not [kind for kind in kinds.values() if kind.startswith(("InitVar", "KW_ONLY"))], record
        assert callable(record.__init__)
        assert callable(record.__repr__)


@pytest.mark.parametrize("name", ["jwt_auth_core.tokens.claims", "jwt_auth_core.settings"])
def test_the_records_are_known_to_the_standard_library(name):
    """Applications may replace and take apart what they are given."""
    module = importlib.import_module(name)
    assert [value for value in vars(module).values() if dataclasses.is_dataclass(value)]
