"""The tree of errors: drawn as it is, each with a stable code and a sentence."""

import ast
import re

import pytest

from jwt_auth_asgi.problems.problem import STATUS
from jwt_auth_asgi.problems.titles import TITLES
from jwt_auth_core import errors
from tests.house.errors import ERRORS, PAGE, PARENTS, TREES, declared, elsewhere, page
from tests.house.sources import files, module_name, tree

LINE = re.compile(
    r"^[│├└─ ]*(?P<name>\w+Error)(?: +(?P<code>[a-z_]+))?(?: +(?P<status>\d{3}))?(?: {2,}(?P<data>.+))?$"
)


def drawn(module):
    """Yield (name, name of the parent, code, attributes) of each line of the drawn tree but the root's."""
    path = []
    for line in module.__doc__.splitlines():
        if found := LINE.match(line):
            depth = found.start("name") // 4 - 1  # the root is indented by four, each rail by four more
            path[depth:] = [found["name"]]
            data = (found["data"] or "").partition(":")[0]
            if depth:
                yield found["name"], path[depth - 1], found["code"], set(data.split(", ")) - {""}


def parent(cls):
    """Return the nearest public ancestor's name."""
    return next(above.__name__ for above in cls.__mro__[1:] if not above.__name__.startswith("_"))


def assigned(cls):
    """Return the attributes that a class or its private parents set on themselves."""
    path = next(path for path in files(*TREES.values()) if module_name(path) == cls.__module__)
    nodes = {node.name: node for node in tree(path).body if isinstance(node, ast.ClassDef)}
    own = [cls, *(c for c in cls.__bases__ if c.__name__.startswith("_"))]
    stores = (n for c in own for n in ast.walk(nodes[c.__name__]) if isinstance(n, ast.Attribute))
    return {n.attr for n in stores if isinstance(n.ctx, ast.Store) and getattr(n.value, "id", "") == "self"}


@pytest.mark.parametrize("module", TREES)
def test_the_drawn_tree_is_the_real_one(module):
    """The docstring names every public error below its parent, and no other."""
    real = {cls.__name__: parent(cls) for cls in declared(module) if cls is not errors.AuthError}
    assert {name: above for name, above, _, _ in drawn(module)} == real


@pytest.mark.parametrize("module", TREES)
def test_the_drawn_attributes_are_the_real_ones(module):
    """The docstring names the attributes that each error sets."""
    real = {cls.__name__: assigned(cls) for cls in declared(module) if cls is not errors.AuthError}
    assert {name: data for name, _, _, data in drawn(module)} == real


@pytest.mark.parametrize("module", TREES)
def test_the_drawn_codes_are_the_real_ones(module):
    """The docstring gives the code of each error; that of a mere parent may be left out."""
    real = {cls.__name__: (cls.code, cls in PARENTS) for cls in declared(module)}
    wrong = [
        name for name, _, code, _ in drawn(module) if code != real[name][0] and (code or not real[name][1])
    ]
    assert wrong == []


def test_the_page_of_errors_is_the_real_tree():
    """docs/errors.md lists every public error, as ``python -m tests.house.errors`` writes it."""
    assert PAGE.read_text("utf-8") == page()


def test_an_error_outside_the_trees_belongs_to_a_capability():
    """What is no family stands in the noun file of its room: never in a flow, which is a verb."""
    assert [cls for cls in elsewhere() if ".flows." in cls.__module__] == []


def test_codes_are_unique():
    """Each public class has a snake_case code of its own."""
    codes = [cls.__dict__.get("code", "") for cls in ERRORS]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


@pytest.mark.parametrize("cls", ERRORS)
def test_an_error_says_when_it_is_raised(cls):
    """Each docstring begins with "Raised ..." or says that the class is a parent."""
    parent_says = ("The parent of ", "The root") if cls in PARENTS else ()
    assert cls.__doc__.startswith(("Raised when ", "Raised before ", *parent_says))


@pytest.mark.parametrize("cls", [cls for cls in ERRORS if cls.__module__.startswith("jwt_auth_core.")])
def test_every_error_has_a_problem(cls):
    """HTTP has a status and a title for each code of the core."""
    assert STATUS[cls.code] in TITLES


def test_every_problem_has_an_error():
    """HTTP has no status for a code that no error bears."""
    assert set(STATUS) <= {cls.code for cls in ERRORS}


@pytest.mark.parametrize("cls", ERRORS)
def test_every_name_ends_in_error(cls):
    """Errors are called errors."""
    assert cls.__name__.endswith("Error")
