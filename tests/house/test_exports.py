"""The export lists: literal, sorted, and equal to reality."""

import ast
import importlib

import pytest

from tests.house.sources import PACKAGES, files, module_name, place, tree


def literal(path):
    """Return the names of ``__all__`` as written in a file, or None where there is no list."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                return ast.literal_eval(node.value)  # raises where the list is computed
    return None


def bound(path):
    """Return the public names that a file's top level imports from our packages or defines."""
    names = set()
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(PACKAGES):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def rank(name):
    """Sort as ruff does: constants, classes, functions, each by name."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


ROOMS = [path for path in files(*PACKAGES) if path.name == "__init__.py"]
LISTS = [*ROOMS, *(path for path in files(*PACKAGES) if path not in ROOMS and literal(path) is not None)]


@pytest.mark.parametrize("path", LISTS, ids=module_name)
def test_a_list_is_sorted(path):
    """Constants come first, then classes, then functions, each in alphabetical order, none twice."""
    listed = literal(path) or []
    assert list(listed) == sorted(set(listed), key=rank)


@pytest.mark.parametrize("path", LISTS, ids=module_name)
def test_a_listed_name_exists(path):
    """Whatever a list names can be imported."""
    module = importlib.import_module(module_name(path))
    assert [name for name in literal(path) or () if not hasattr(module, name)] == []


@pytest.mark.parametrize("path", ROOMS, ids=module_name)
def test_a_room_lists_what_it_binds(path):
    """A package's public names are those of its list; one that binds nothing needs none."""
    served = {"__getattr__"} & {getattr(node, "name", "") for node in tree(path).body}
    listed = set(literal(path) or ())
    assert bound(path) <= listed, place(path)
    assert served or listed == bound(path), place(path)


@pytest.mark.parametrize("path", ROOMS, ids=module_name)
def test_a_room_holds_no_logic(path):
    """An ``__init__`` is a list of names: no try, no if, no loop, no class."""
    logic = (ast.Try, ast.If, ast.For, ast.While, ast.With, ast.ClassDef)
    assert [place(path, node) for node in tree(path).body if isinstance(node, logic)] == []
