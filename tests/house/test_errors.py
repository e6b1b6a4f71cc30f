"""The tree of errors: drawn as it is, each with a stable code and a sentence."""

import ast
import inspect
import re

import pytest

from jwt_auth_core import errors
from tests.house.sources import ROOT, tree

CLASSES = [c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, errors.AuthError)]
PUBLIC = [c for c in CLASSES if not c.__name__.startswith("_")]
PARENTS = {parent for c in CLASSES for parent in c.__mro__[1:]}
LINE = re.compile(r"^[│├└─ ]*(?P<name>\w+Error)(?: +(?P<code>[a-z_]+))?(?: {2,}(?P<data>.+))?$")


def drawn():
    """Yield (name, name of the parent, code, attributes) of each line of the drawn tree."""
    path = []
    for line in inspect.getdoc(errors).splitlines():
        if found := LINE.match(line):
            depth = found.start("name") // 4 - 1  # the root is indented by four, each rail by four more
            path[depth:] = [found["name"]]
            data = (found["data"] or "").partition(":")[0]
            yield (
                found["name"],
                path[depth - 1] if depth else None,
                found["code"],
                set(data.split(", ")) - {""},
            )


def parent(cls):
    """Return the nearest public ancestor's name."""
    above = next(c for c in cls.__mro__[1:] if not c.__name__.startswith("_"))
    return None if above is Exception else above.__name__


def assigned(cls):
    """Return the attributes that a class or its private parents set on themselves."""
    nodes = {
        node.name: node
        for node in tree(ROOT / "jwt_auth_core/errors.py").body
        if isinstance(node, ast.ClassDef)
    }
    own = [cls, *(c for c in cls.__bases__ if c.__name__.startswith("_"))]
    stores = (n for c in own for n in ast.walk(nodes[c.__name__]) if isinstance(n, ast.Attribute))
    return {n.attr for n in stores if isinstance(n.ctx, ast.Store) and getattr(n.value, "id", "") == "self"}


def test_the_drawn_tree_is_the_real_one():
    """The docstring names every public error below its parent, and no other."""
    assert {name: above for name, above, _, _ in drawn()} == {c.__name__: parent(c) for c in PUBLIC}


def test_the_drawn_attributes_are_the_real_ones():
    """The docstring names the attributes that each error sets."""
    assert {name: data for name, _, _, data in drawn()} == {c.__name__: assigned(c) for c in PUBLIC}


@pytest.mark.parametrize("cls", PUBLIC)
def test_the_drawn_code_is_the_real_one(cls):
    """The docstring gives the code of each error that is raised itself."""
    codes = {name: code for name, _, code, _ in drawn()}
    assert codes[cls.__name__] in {cls.code} | ({None} if cls in PARENTS else set())


def test_codes_are_unique():
    """Each public class has a snake_case code of its own."""
    codes = [c.__dict__.get("code", "") for c in PUBLIC]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


@pytest.mark.parametrize("cls", PUBLIC)
def test_an_error_says_when_it_is_raised(cls):
    """Each docstring begins with "Raised ..." or says that the class is a parent."""
    opening = (
        ("Raised when ", "Raised before ")
        if cls not in PARENTS
        else ("Raised when ", "The parent of ", "The root")
    )
    assert cls.__doc__.startswith(opening)


@pytest.mark.parametrize("cls", CLASSES)
def test_every_name_ends_in_error(cls):
    """Errors are called errors."""
    assert cls.__name__.endswith("Error")
