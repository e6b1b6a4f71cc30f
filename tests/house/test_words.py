"""What every file of the house keeps to: its size, its colour, its imports, its sentences."""

import ast

import pytest

from tests.house.sources import FOLDERS, PACKAGES, files, functions, imported, place, tree

LONGEST = 300
TEXTS = (".py", ".sql", ".lua", ".html", ".js", ".css")
PICKLERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "copyreg"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_too_long(folder):
    """A file has at most 300 lines."""
    sizes = {place(path): len(path.read_text("utf-8").splitlines()) for path in files(folder, suffixes=TEXTS)}
    assert {name: size for name, size in sizes.items() if size > LONGEST} == {}


def test_the_core_has_one_colour():
    """The word that colours functions occurs nowhere in the core, comments and statements included."""
    coloured = [p for p in files("jwt_auth_core", suffixes=TEXTS) if "async" in p.read_text("utf-8").lower()]
    assert list(map(place, coloured)) == []


def test_a_file_opens_with_what_lives_there():
    """Each module begins with a docstring, of at most six lines where it draws no tree."""
    texts = {place(path): ast.get_docstring(tree(path)) or "" for path in files(*PACKAGES)}
    lengths = {name: len(text.splitlines()) for name, text in texts.items() if "├──" not in text}
    assert {name: length for name, length in lengths.items() if not 1 <= length <= 6} == {}


def test_nothing_is_pickled():
    """No package imports a module that turns bytes into objects of any class."""
    # RF-17
    found = [place(p, node) for p in files(*PACKAGES) for name, node in imported(p) if name in PICKLERS]
    assert found == []


def test_no_import_is_only_for_types():
    """Nothing hides behind TYPE_CHECKING, so that the import graph is the truth."""
    names = {path: {getattr(node, "id", None) for node in ast.walk(tree(path))} for path in files(*FOLDERS)}
    assert [place(path) for path, found in names.items() if "TYPE_CHECKING" in found] == []


def test_every_test_says_what_it_holds():
    """Each test function has a docstring."""
    tests = ((path, f) for path in files("tests") for f in functions(path) if f.name.startswith("test_"))
    assert [place(path, test) for path, test in tests if not ast.get_docstring(test)] == []
