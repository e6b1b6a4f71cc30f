"""Tests ask of our own objects what anybody may ask: an owner shows `stats()`, or what else they need."""

import ast

from tests.house.sources import PACKAGES, ROOT, files, place, tree
from tests.house.test_foreign_privates import is_private, own

PAGE = ROOT / "tests" / "house" / "own_privates.txt"
OWN = {"self", "cls"}


def reached():
    """Return the tests' files with each private name of the packages in them that is of another's object."""
    theirs = own(*PACKAGES)
    nodes = ((path, node) for path in files("tests") for node in ast.walk(tree(path)))
    return {(place(path), name) for path, node in nodes for name in names(node) if name in theirs}


def names(node):
    """Yield the private names by which a node reaches into something."""
    if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id in OWN):
        found = [node.attr]
    elif isinstance(node, ast.ImportFrom):
        found = [alias.name for alias in node.names]
    else:
        found = []
    yield from filter(is_private, found)


def test_no_more_private_names_of_ours_are_used():
    """The list of those that are left only gets shorter: what was mended is struck off."""
    left = {tuple(line.split()) for line in PAGE.read_text("utf-8").splitlines()}
    assert sorted(reached() - left) == []
    assert sorted(left - reached()) == []
